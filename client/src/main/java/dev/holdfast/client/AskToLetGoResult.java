package dev.holdfast.client;

import org.jspecify.annotations.Nullable;

/**
 * What became of asking a holder to let go.
 *
 * @param asked whether the holder was asked; what it does is its own decision
 * @param refusal why not; null if it was
 * @param holder who was asked; null if nobody
 */
public record AskToLetGoResult(
    boolean asked, @Nullable Refusal refusal, @Nullable LockHolder holder) {}
