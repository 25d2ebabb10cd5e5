package dev.holdfast.client;

abstract non-sealed class LiveSession implements Session {}
