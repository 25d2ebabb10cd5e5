package dev.holdfast.verification.model;

import dev.holdfast.protocol.v1.Demand;
import java.util.List;

/** A token that a made-up client was told of, and what it asked for when it got it. */
record HeldToken(long token, List<Demand> demands) {}
