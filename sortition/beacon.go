package sortition

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/cloudflare/circl/ecc/bls12381"
)

// Beacon is a chain of drand, the public beacon of the League of Entropy: a group of
// institutions, of which a threshold must join to sign, at each round, a text that
// everybody knows. Nobody can foresee or choose a signature, and anybody can verify it
// with the chain's public key.
type Beacon struct {
	Name    string        // as reports write it
	Chain   string        // the hash by which drand names the chain
	Genesis time.Time     // of round 1
	Period  time.Duration // between two rounds

	key string // public key, in the group that the signatures are not in
}

// Quicknet signs the number of the round (scheme bls-unchained-g1-rfc9380), and
// DefaultBeacon, the oldest chain, the signature before it and the number
// (pedersen-bls-chained). What is stated here is what https://api.drand.sh/CHAIN/info
// answers; the tests verify rounds of both chains.
var (
	Quicknet = Beacon{
		Name: "quicknet", Chain: "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971",
		Genesis: time.Unix(1692803367, 0).UTC(), Period: 3 * time.Second,
		key: "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c" +
			"8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb" +
			"5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a",
	}
	DefaultBeacon = Beacon{
		Name: "default", Chain: "8990e7a9aaed2ffed73dbd7092123d6f289930540d7651336225dc172e51b2ce",
		Genesis: time.Unix(1595431050, 0).UTC(), Period: 30 * time.Second,
		key: "868f005eb8e6e4ca0a47c8a77ceaa5309a47978a7c71bc5cce96366b5d7a569937c529eeda66c7293784a9402801af31",
	}
)

// The domains separate the signatures of each group.
const (
	domainG1 = "BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"
	domainG2 = "BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_NUL_"
)

// Beacons lists the chains known; the first is meant where none is named.
func Beacons() []Beacon { return []Beacon{Quicknet, DefaultBeacon} }

// FindBeacon is the chain of a name.
func FindBeacon(name string) (Beacon, error) {
	for _, b := range Beacons() {
		if b.Name == name || name == "" {
			return b, nil
		}
	}
	return Beacon{}, inputErrorf(0, "“%s” is not a drand chain known here: quicknet or default", name)
}

// Chained tells whether a round signs the signature before it too.
func (b Beacon) Chained() bool { return b.Name == DefaultBeacon.Name }

// RoundAt is the first round at t or after, and its moment.
func (b Beacon) RoundAt(t time.Time) (uint64, time.Time) {
	n := max(0, (t.Sub(b.Genesis)+b.Period-1)/b.Period)
	return uint64(n) + 1, b.Genesis.Add(n * b.Period)
}

// BeaconRound is what drand publishes of a round, in hexadecimal.
type BeaconRound struct {
	Round      uint64 `json:"round"`
	Randomness string `json:"randomness"`
	Signature  string `json:"signature"`
	Previous   string `json:"previous_signature"`
}

// BeaconFault is why a round is refused.
type BeaconFault string

const (
	RoundUnreadable BeaconFault = "unreadable"
	RoundOther      BeaconFault = "other"    // of another number than the one announced
	RoundPrevious   BeaconFault = "previous" // the signature before is missing, or not of this chain
	RoundFalse      BeaconFault = "false"    // the chain did not sign it
	RoundRandomness BeaconFault = "randomness"
)

// BeaconError refuses a round.
type BeaconError struct {
	Fault BeaconFault
	input InputError
}

func (e *BeaconError) Error() string { return e.input.Error() }
func (e *BeaconError) Unwrap() error { return &e.input }

func beaconErrorf(fault BeaconFault, format string, args ...any) error {
	return &BeaconError{fault, InputError{0, fmt.Sprintf(format, args...)}}
}

// ParseBeaconRound reads what the public API answers (JSON), or a signature alone.
func ParseBeaconRound(text string) (BeaconRound, error) {
	text = strings.TrimSpace(text)
	if !strings.HasPrefix(text, "{") {
		return BeaconRound{Signature: strings.ToLower(text)}, nil
	}
	var r BeaconRound
	if err := json.Unmarshal([]byte(text), &r); err != nil || r.Signature == "" {
		return r, beaconErrorf(RoundUnreadable, "this is not what drand publishes of a round: {\"round\":…,\"randomness\":…,\"signature\":…}")
	}
	r.Randomness, r.Signature, r.Previous = strings.ToLower(r.Randomness), strings.ToLower(r.Signature), strings.ToLower(r.Previous)
	return r, nil
}

// Verify holds what was published to the round announced, and returns its randomness, the
// SHA-256 of the signature. A number or a randomness left out is not compared.
func (b Beacon) Verify(announced uint64, r BeaconRound) ([]byte, error) {
	if r.Round != 0 && r.Round != announced {
		return nil, beaconErrorf(RoundOther, "this is drand round %d, and round %d was announced", r.Round, announced)
	}
	signature, err := hex.DecodeString(r.Signature)
	if want := b.signatureSize(); err != nil || len(signature) != want {
		return nil, beaconErrorf(RoundUnreadable, "the signature of a round of drand's chain %s is %d hexadecimal digits", b.Name, 2*want)
	}
	previous, err := hex.DecodeString(r.Previous)
	if err != nil || b.Chained() == (len(previous) == 0) {
		return nil, beaconErrorf(RoundPrevious, "rounds of drand's chain %s come %s the signature before", b.Name, map[bool]string{true: "with", false: "without"}[b.Chained()])
	}
	digest := sha256.Sum256(binary.BigEndian.AppendUint64(previous, announced))
	ok, err := b.signed(digest[:], signature)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, beaconErrorf(RoundFalse, "the signature is not that of round %d of drand's chain %s", announced, b.Name)
	}
	random := sha256.Sum256(signature)
	if stated, err := hex.DecodeString(r.Randomness); err != nil || len(stated) > 0 && !bytes.Equal(stated, random[:]) {
		return nil, beaconErrorf(RoundRandomness, "the randomness is not the SHA-256 of the signature")
	}
	return random[:], nil
}

func (b Beacon) signatureSize() int {
	if b.Chained() {
		return bls12381.G2SizeCompressed
	}
	return bls12381.G1SizeCompressed
}

// signed verifies a BLS signature: the pairing of the signature with the generator is that
// of the message's point with the public key.
func (b Beacon) signed(message, signature []byte) (bool, error) {
	key, err := hex.DecodeString(b.key)
	if err != nil {
		return false, err
	}
	var g1 bls12381.G1
	var g2 bls12381.G2
	if b.Chained() {
		var sig bls12381.G2
		if err := sig.SetBytes(signature); err != nil {
			return false, nil // no point of the group signs anything
		}
		if err := g1.SetBytes(key); err != nil {
			return false, err
		}
		g2.Hash(message, []byte(domainG2))
		return bls12381.Pair(&g1, &g2).IsEqual(bls12381.Pair(bls12381.G1Generator(), &sig)), nil
	}
	var sig bls12381.G1
	if err := sig.SetBytes(signature); err != nil {
		return false, nil
	}
	if err := g2.SetBytes(key); err != nil {
		return false, err
	}
	g1.Hash(message, []byte(domainG1))
	return bls12381.Pair(&g1, &g2).IsEqual(bls12381.Pair(&sig, bls12381.G2Generator())), nil
}
