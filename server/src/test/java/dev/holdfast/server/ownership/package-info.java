@org.jspecify.annotations.NullMarked
package dev.holdfast.server.ownership;
