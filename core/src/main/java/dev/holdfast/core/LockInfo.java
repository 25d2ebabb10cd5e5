package dev.holdfast.core;

import java.util.List;

/**
 * A lock, as a reader sees it. Intentions that demands on locks below leave here are not shown.
 *
 * @param name its name
 * @param holders by token
 * @param queue by ticket, cut at the reader's limit
 * @param queueLength how many wait, without the cut
 */
public record LockInfo(
    String name, List<GrantInfo> holders, List<WaitingInfo> queue, int queueLength) {}
