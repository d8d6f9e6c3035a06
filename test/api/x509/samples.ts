/** Requests and a certificate that openssl made with one key, for tests that read and sign them. */

const body = (type: string, text: string): string =>
  `-----BEGIN ${type}-----\n${text.trim()}\n-----END ${type}-----\n`;

/** `CN=system:node:n1, O=system:nodes` */
export const ofNode = body(
  'CERTIFICATE REQUEST',
  `
MIHrMIGSAgEAMDAxFzAVBgNVBAMMDnN5c3RlbTpub2RlOm4xMRUwEwYDVQQKDAxz
eXN0ZW06bm9kZXMwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAScBA8TpGsTUU3j
sMn0+Y+5ncEOzOPseUT31olc4hKRtSKgylfsCigZ6vqyFcmboVu6qOCHsqSPdVjF
useTYRi6oAAwCgYIKoZIzj0EAwIDSAAwRQIhAOYvYuJRwZqPZaGtAv20z/CT+WJI
oW0poevtX1Xrgkc0AiB7Ghleoh5QN9GvrLhq8PHbdlY8b62IP0uxkBuPmvydIw==`,
);

/** The same, for `DNS:n1, IP:10.0.0.1, email:a@b.c, URI:spiffe://x/y`. */
export const ofNodeWithNames = body(
  'CERTIFICATE REQUEST',
  `
MIIBJzCBzQIBADAwMRcwFQYDVQQDDA5zeXN0ZW06bm9kZTpuMTEVMBMGA1UECgwM
c3lzdGVtOm5vZGVzMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEnAQPE6RrE1FN
47DJ9PmPuZ3BDszj7HlE99aJXOISkbUioMpX7AooGer6shXJm6Fbuqjgh7Kkj3VY
xbrHk2EYuqA7MDkGCSqGSIb3DQEJDjEsMCowKAYDVR0RBCEwH4ICbjGHBAoAAAGB
BWFAYi5jhgxzcGlmZmU6Ly94L3kwCgYIKoZIzj0EAwIDSQAwRgIhAJom03RmjAUv
OhMdMTA54wRJzJjGhbN9QZ2AWHArufs1AiEA2S4KJrlBaa4br7lX32yPyJSOhmAt
6kRSTkSVx5Jnmkw=`,
);

/** `CN=root, O=system:masters` */
export const ofMaster = body(
  'CERTIFICATE REQUEST',
  `
MIHjMIGKAgEAMCgxDTALBgNVBAMMBHJvb3QxFzAVBgNVBAoMDnN5c3RlbTptYXN0
ZXJzMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEnAQPE6RrE1FN47DJ9PmPuZ3B
Dszj7HlE99aJXOISkbUioMpX7AooGer6shXJm6Fbuqjgh7Kkj3VYxbrHk2EYuqAA
MAoGCCqGSM49BAMCA0gAMEUCIQC1tigzFtmZxQciV9PhZiN1aYb/0xJGu3Dtlvbo
IZV0DwIgYg9sX0STxtDgrQJRT8XjtNEeNZH9lpDEItaUyShnKJI=`,
);

/** Valid until 2026-12-09T07:11:50Z. */
export const certificate = body(
  'CERTIFICATE',
  `
MIIBbTCCAROgAwIBAgIURV7YV9pJCkj/rVRFHdbPGLOqEWUwCgYIKoZIzj0EAwIw
DDEKMAgGA1UEAwwBeDAeFw0yNjExMjkwNzExNTBaFw0yNjEyMDkwNzExNTBaMAwx
CjAIBgNVBAMMAXgwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAScBA8TpGsTUU3j
sMn0+Y+5ncEOzOPseUT31olc4hKRtSKgylfsCigZ6vqyFcmboVu6qOCHsqSPdVjF
useTYRi6o1MwUTAdBgNVHQ4EFgQU4m6sw6T4VmGn3Tgafe7ef8rrzeQwHwYDVR0j
BBgwFoAU4m6sw6T4VmGn3Tgafe7ef8rrzeQwDwYDVR0TAQH/BAUwAwEB/zAKBggq
hkjOPQQDAgNIADBFAiAI5VjZguAF5iDl/EQC3HLyvfNZUeDlrPzeSbZB8jpAsgIh
AJb/wKanVmkV4J7zNcJuDwDd8qdvKH17qPgMlzzu+pp4`,
);

/** The key of all of them. */
export const key = body(
  'PRIVATE KEY',
  `
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgWXYYvCUPrMk0K8Qp
PvtYhjkg4JQR1ztpMI6pp71XZK6hRANCAAScBA8TpGsTUU3jsMn0+Y+5ncEOzOPs
eUT31olc4hKRtSKgylfsCigZ6vqyFcmboVu6qOCHsqSPdVjFuseTYRi6`,
);

/** `CN=jane, O=devs` */
export const ofUser = body(
  'CERTIFICATE REQUEST',
  `
MIHZMIGAAgEAMB4xDTALBgNVBAMMBGphbmUxDTALBgNVBAoMBGRldnMwWTATBgcq
hkjOPQIBBggqhkjOPQMBBwNCAAScBA8TpGsTUU3jsMn0+Y+5ncEOzOPseUT31olc
4hKRtSKgylfsCigZ6vqyFcmboVu6qOCHsqSPdVjFuseTYRi6oAAwCgYIKoZIzj0E
AwIDSAAwRQIgdbdqsNA02WvigBsSpvoBu2OuX+1C8jXJvXxP4hts49ECIQCrI4XT
DmeyunhKk6x2P9Yl4Zj+5Iyqze7U72FpUlg/Dg==`,
);

/** `CN=system:node:n1, O=system:nodes`, for `DNS:n1`. */
export const ofServer = body(
  'CERTIFICATE REQUEST',
  `
MIIBCzCBsgIBADAwMRcwFQYDVQQDDA5zeXN0ZW06bm9kZTpuMTEVMBMGA1UECgwM
c3lzdGVtOm5vZGVzMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEnAQPE6RrE1FN
47DJ9PmPuZ3BDszj7HlE99aJXOISkbUioMpX7AooGer6shXJm6Fbuqjgh7Kkj3VY
xbrHk2EYuqAgMB4GCSqGSIb3DQEJDjERMA8wDQYDVR0RBAYwBIICbjEwCgYIKoZI
zj0EAwIDSAAwRQIhALRMIs140UgZMU6nKcXFjD2d9XN1f573J/znF+r58TGwAiAh
1m+4FG92C1qIU6p1vzeaC4+UfpWRVegRcg0I7vPbfA==`,
);
