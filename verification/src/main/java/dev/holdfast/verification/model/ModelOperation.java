package dev.holdfast.verification.model;

import com.google.protobuf.ByteString;
import dev.holdfast.protocol.v1.Answer;

/** An operator's command that was carried out or refused, kept so that it is done once. */
record ModelOperation(ByteString operationId, Answer answer) {}
