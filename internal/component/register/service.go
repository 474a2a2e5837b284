package register

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/component/register/sheet"
	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
)

// pieceSize is how much of a file is kept at once: short turns on SQLite's one writer.
const pieceSize = 1 << 20

// UploadImport keeps the file and guesses how it is to be read. What is no table of text is
// refused and not kept.
func (c *Component) UploadImport(ctx context.Context, actor int64, name string, file io.Reader) (id int64, err error) {
	defer func() {
		if err != nil && id != 0 {
			drop := c.deps.Site.DB.Write(context.WithoutCancel(ctx), func(tx *db.Tx) error { return people.AbandonImport(tx, id) })
			err = errors.Join(err, drop)
		}
	}()
	err = c.deps.Site.DB.Write(ctx, func(tx *db.Tx) (err error) { id, err = people.CreateImport(tx, actor, name); return err })
	if err != nil {
		return 0, err
	}
	hash, scanner, size := sha256.New(), &sheet.Scanner{}, int64(0)
	buffer := make([]byte, pieceSize)
	for position := 0; ; position++ {
		n, readErr := io.ReadFull(file, buffer)
		piece := buffer[:n]
		if n > 0 {
			hash.Write(piece)
			scanner.Write(piece)
			size += int64(n)
			err := c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error { return people.AddImportPiece(tx, id, position, piece) })
			if err != nil {
				return id, err
			}
		}
		if readErr == io.EOF || readErr == io.ErrUnexpectedEOF {
			break
		}
		if readErr != nil {
			return id, readErr
		}
		if position == 0 && scanner.Strange() != "" {
			break
		}
	}
	if s := scanner.Strange(); s != "" {
		f := fault.Fields{}
		f.Add("file", "register.file."+string(s))
		return id, f
	}
	return id, c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error {
		return people.CompleteImport(tx, id, size, hex.EncodeToString(hash.Sum(nil)), guessOptions(scanner))
	})
}

// head is the first rows of an import's file.
func (c *Component) head(ctx context.Context, i people.Import) ([]sheet.Row, error) {
	var piece []byte
	err := c.deps.Site.DB.Read(ctx, func(tx *db.Tx) (err error) { piece, err = people.ImportPiece(tx, i.ID, 0); return err })
	if errors.Is(err, db.ErrNotFound) { // applied: the file is gone
		return nil, nil
	}
	s := &sheet.Scanner{}
	s.Write(piece)
	return sheet.HeadRows(s.Head(), sheet.Encoding(i.Options.Encoding), sheet.DelimiterNamed(i.Options.Delimiter)), err
}

// AddMember adds a line whose number is new.
func (c *Component) AddMember(ctx context.Context, actor int64, m people.Member) (people.Member, error) {
	err := c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error {
		m.Normalise()
		f := m.Validate()
		switch _, err := people.FindMemberByNumber(tx, m.Number); {
		case err == nil:
			f.Add("number", "register.number_taken", "number", m.Number)
		case !errors.Is(err, db.ErrNotFound):
			return err
		}
		if err := f.Err(); err != nil {
			return err
		}
		saved, err := people.SaveMember(tx, actor, m)
		m.ID = saved.ID
		return err
	})
	return m, err
}

// ChangeMember changes a line; its number stays, since imports know it by that.
func (c *Component) ChangeMember(ctx context.Context, actor, id int64, change func(*people.Member)) error {
	return c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error {
		m, err := people.FindMember(tx, id)
		if err != nil {
			return err
		}
		number := m.Number
		change(&m)
		m.Number = number
		_, err = people.SaveMember(tx, actor, m)
		return err
	})
}

// PersonalData is everything the house holds of a member, as a ZIP.
func (c *Component) PersonalData(ctx context.Context, id int64) ([]byte, error) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	err := c.deps.Site.DB.Read(ctx, func(tx *db.Tx) error {
		add := func(folder string) component.AddFile {
			return func(name string, write func(io.Writer) error) error {
				w, err := z.CreateHeader(&zip.FileHeader{Name: folder + name, Method: zip.Deflate, Modified: tx.Now})
				if err != nil {
					return err
				}
				return write(w)
			}
		}
		for _, other := range c.deps.All() {
			if p, ok := other.(component.PersonalData); ok {
				if err := p.ExportMember(tx, id, add(other.Key()+"/")); err != nil {
					return err
				}
			}
		}
		return nil
	})
	err = errors.Join(err, z.Close())
	return out.Bytes(), err
}

// EraseEverywhere destroys a member's personal data in all components, in one transaction. The number
// must be given, so that nobody is erased by a slip.
func (c *Component) EraseEverywhere(ctx context.Context, actor, id int64, number string) error {
	return c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error {
		m, err := people.FindMember(tx, id)
		if err != nil {
			return err
		}
		if err := people.MayErase(tx, m); err != nil {
			return err
		}
		if number != m.Number {
			f := fault.Fields{}
			f.Add("number", "register.erase.other_number", "number", m.Number)
			return f
		}
		for _, other := range c.deps.All() {
			if p, ok := other.(component.PersonalData); ok && other != component.Component(c) {
				if err := p.EraseMember(tx, id); err != nil {
					return err
				}
			}
		}
		// Last: the others may look for what is theirs by the name or the address.
		return people.EraseMember(tx, actor, id)
	})
}

// ExportMember adds what the register, the journal and the electoral rolls hold of a member.
func (c *Component) ExportMember(tx *db.Tx, member int64, add component.AddFile) error {
	if err := people.ExportMember(tx, member, add); err != nil {
		return err
	}
	return electorate.ExportMember(tx, member, add)
}

// EraseMember destroys what the register holds of a member who has left.
func (c *Component) EraseMember(tx *db.Tx, member int64) error {
	return people.EraseMember(tx, 0, member)
}
