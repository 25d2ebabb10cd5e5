package dev.holdfast.client;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a forced release did, or would do.
 *
 * @param released false for a dry run, and when it was refused
 * @param refusal why it was refused, {@link RefusalReason#STALE_TOKEN} for instance; null if it was
 *     not
 * @param victim who held it; null if nobody does under that token
 * @param locks everything that goes with the grant
 * @param next who would be, or was, next
 */
public record ForceReleaseResult(
    boolean released,
    @Nullable Refusal refusal,
    @Nullable LockHolder victim,
    List<String> locks,
    List<LockWaiter> next) {}
