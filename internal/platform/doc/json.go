package doc

import (
	"encoding/json"
	"fmt"
	"reflect"
)

// The kinds, as written in JSON.

func (Heading) kind() string     { return "heading" }
func (Paragraph) kind() string   { return "paragraph" }
func (List) kind() string        { return "list" }
func (Table) kind() string       { return "table" }
func (Definitions) kind() string { return "definitions" }
func (Notice) kind() string      { return "notice" }
func (Derivation) kind() string  { return "derivation" }
func (VoteBar) kind() string     { return "vote-bar" }
func (Signatures) kind() string  { return "signatures" }
func (QR) kind() string          { return "qr" }
func (Code) kind() string        { return "code" }
func (PageBreak) kind() string   { return "page-break" }
func (Rule) kind() string        { return "rule" }

// Blocks is a sequence of blocks. In JSON each is an object with its kind:
// [{"kind":"rule"}, {"kind":"paragraph","text":[{"text":"…"}]}].
type Blocks []Block

// kinds lists the closed set: what JSON can hold and every renderer knows.
var kinds = func() map[string]reflect.Type {
	m := map[string]reflect.Type{}
	for _, b := range []Block{
		Heading{}, Paragraph{}, List{}, Table{}, Definitions{}, Notice{}, Derivation{},
		VoteBar{}, Signatures{}, QR{}, Code{}, PageBreak{}, Rule{},
	} {
		m[b.kind()] = reflect.TypeOf(b)
	}
	return m
}()

// MarshalJSON writes each block with its kind first.
func (bs Blocks) MarshalJSON() ([]byte, error) {
	out := []byte{'['}
	for i, b := range bs {
		fields, err := json.Marshal(b)
		if err != nil {
			return nil, fmt.Errorf("block %d: %w", i+1, err)
		}
		if i > 0 {
			out = append(out, ',')
		}
		out = fmt.Appendf(out, `{"kind":%q`, b.kind())
		if len(fields) > len("{}") {
			out = append(out, ',')
		}
		out = append(out, fields[1:]...)
	}
	return append(out, ']'), nil
}

// UnmarshalJSON refuses a kind outside the closed set.
func (bs *Blocks) UnmarshalJSON(data []byte) error {
	var raws []json.RawMessage
	if err := json.Unmarshal(data, &raws); err != nil {
		return err
	}
	*bs = make(Blocks, 0, len(raws))
	for i, raw := range raws {
		var head struct {
			Kind string `json:"kind"`
		}
		if err := json.Unmarshal(raw, &head); err != nil {
			return fmt.Errorf("block %d: %w", i+1, err)
		}
		t, ok := kinds[head.Kind]
		if !ok {
			return fmt.Errorf("block %d: unknown kind %q", i+1, head.Kind)
		}
		v := reflect.New(t)
		if err := json.Unmarshal(raw, v.Interface()); err != nil {
			return fmt.Errorf("block %d (%s): %w", i+1, head.Kind, err)
		}
		*bs = append(*bs, v.Elem().Interface().(Block))
	}
	return nil
}
