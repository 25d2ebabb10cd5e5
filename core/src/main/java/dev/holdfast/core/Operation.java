package dev.holdfast.core;

import com.google.protobuf.ByteString;
import dev.holdfast.protocol.v1.Answer;

/** An operator's command that was executed, remembered so that it is executed once. */
record Operation(ByteString id, Answer answer) {}
