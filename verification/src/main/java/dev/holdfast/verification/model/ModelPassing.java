package dev.holdfast.verification.model;

/** "The waiting request {@code ticket} is not held back by the earlier one {@code passed}." */
record ModelPassing(long ticket, long passed) {}
