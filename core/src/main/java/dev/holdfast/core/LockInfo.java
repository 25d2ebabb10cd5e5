package dev.holdfast.core;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A lock, as a reader sees it. Intentions that demands on locks below leave here are not shown.
 *
 * @param name its name
 * @param holders by token, cut at the reader's limit
 * @param holderCount how many hold it, without the cut
 * @param queue by ticket, cut at the reader's limit
 * @param queueLength how many wait, without the cut
 * @param reservations what grants that have ended still keep others from, by token
 * @param value what a holder has left here; null if nothing
 */
public record LockInfo(
    String name,
    List<GrantInfo> holders,
    int holderCount,
    List<WaitingInfo> queue,
    int queueLength,
    List<ReservationInfo> reservations,
    @Nullable LockValue value) {}
