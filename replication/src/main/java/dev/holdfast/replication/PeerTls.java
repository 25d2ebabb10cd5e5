package dev.holdfast.replication;

import java.nio.file.Path;

/**
 * Mutual TLS between nodes: each shows its certificate and asks for one that the authority signed.
 * The certificate must name the host of the node's peer address.
 *
 * @param certificateChain PEM file with this node's certificate
 * @param privateKey PEM file with its key, PKCS #8
 * @param authority PEM file with the certificates that sign the nodes'
 */
public record PeerTls(Path certificateChain, Path privateKey, Path authority) {}
