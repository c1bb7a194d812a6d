package introspect

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// scratchPrefix begins the names of all scratch schemas and databases.
const scratchPrefix = "retort_scratch_"

// scratchAge is how old a scratch database has to be before it counts as left behind where no lock can tell.
const scratchAge = time.Hour

// scratchName is the name of a scratch schema or database, such as retort_scratch_69268f1c_0a1b2c3d_5e6f7a8b: when it was
// made, in seconds, what tells it from all others, and a checksum of both. By the checksum a leftover is known as ours; a
// database that somebody called retort_scratch_old is not.
type scratchName struct {
	made   time.Time
	unique uint32
}

func newScratchName() scratchName {
	var unique [4]byte
	rand.Read(unique[:])
	return scratchName{made: time.Now(), unique: binary.BigEndian.Uint32(unique[:])}
}

// String returns the name in full.
func (n scratchName) String() string {
	text := fmt.Sprintf("%s%08x_%08x", scratchPrefix, uint32(n.made.Unix()), n.unique)
	sum := sha256.Sum256([]byte(text))
	return fmt.Sprintf("%s_%x", text, sum[:4])
}

// parseScratchName reads a name, if it is one.
func parseScratchName(text string) (scratchName, bool) {
	made, rest, _ := strings.Cut(strings.TrimPrefix(text, scratchPrefix), "_")
	unique, _, _ := strings.Cut(rest, "_")
	seconds, err := strconv.ParseUint(made, 16, 32)
	if err != nil {
		return scratchName{}, false
	}
	number, err := strconv.ParseUint(unique, 16, 32)
	if err != nil {
		return scratchName{}, false
	}
	name := scratchName{made: time.Unix(int64(seconds), 0), unique: uint32(number)}
	return name, name.String() == text
}
