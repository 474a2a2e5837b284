package sortition

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"

	"github.com/cloudflare/circl/ecc/bls12381"
)

// quicknetKey is the public key of drand's quicknet, the beacon of the League of Entropy
// (chain 52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971): a group of
// institutions, of which a threshold must join to sign, every 3 seconds, the number of
// the round. Nobody can foresee or choose a signature.
const quicknetKey = "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c" +
	"8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb" +
	"5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a"

// quicknetDomain separates the signatures of the scheme bls-unchained-g1-rfc9380.
const quicknetDomain = "BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"

// BeaconRandomness verifies the signature of a quicknet round and returns its
// randomness, the SHA-256 of the signature.
func BeaconRandomness(round uint64, signature string) ([]byte, error) {
	raw, err := hex.DecodeString(signature)
	if err != nil || len(raw) != bls12381.G1SizeCompressed {
		return nil, inputErrorf(0, "the signature of a drand round is 96 hexadecimal digits")
	}
	var sig, message bls12381.G1
	if err := sig.SetBytes(raw); err != nil {
		return nil, inputErrorf(0, "the signature of drand round %d is not a point of the curve", round)
	}
	key, err := hex.DecodeString(quicknetKey)
	if err != nil {
		return nil, err
	}
	var public bls12381.G2
	if err := public.SetBytes(key); err != nil {
		return nil, err
	}
	digest := sha256.Sum256(binary.BigEndian.AppendUint64(nil, round))
	message.Hash(digest[:], []byte(quicknetDomain))
	if !bls12381.Pair(&sig, bls12381.G2Generator()).IsEqual(bls12381.Pair(&message, &public)) {
		return nil, inputErrorf(0, "the signature is not that of drand round %d", round)
	}
	random := sha256.Sum256(raw)
	return random[:], nil
}
