package minutes

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"mime/multipart"
	"net/http"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/platform/web"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
	"isegoria.org/isegoria/legalfile"
)

// fingerprint is that of the key with which this installation signs.
func (c *Component) fingerprint() string { return legalfile.Fingerprint(c.publicKey()) }

func (c *Component) publicKey() ed25519.PublicKey {
	return c.deps.Site.Signing.Public().(ed25519.PublicKey)
}

// legalPage is what the legal file holds and lacks.
type legalPage struct {
	access      space.Access
	fingerprint string
	missing     []string // keys of what is not signed yet
}

func (c *Component) showLegalFile(w http.ResponseWriter, r *http.Request) error {
	p := legalPage{fingerprint: c.fingerprint()}
	err := c.deps.InSpace(r, func(tx *db.Tx, a space.Access) error {
		p.access = a
		if err := must(a, canTakeLegalFile(a)); err != nil {
			return err
		}
		period, err := c.votePeriod(tx, a.Space.ID)
		if err != nil {
			return err
		}
		if !period.Closed {
			p.missing = append(p.missing, "vote")
		}
		signed, err := findSigned(tx, a.Space.ID)
		if err != nil {
			return err
		}
		if signed == nil || signed.Certified.IsZero() {
			p.missing = append(p.missing, "sheet")
		}
		m, err := findMinutes(tx, a.Space.ID)
		if err == nil && (m == nil || m.State != ApprovedState) {
			p.missing = append(p.missing, "minutes")
		}
		return err
	})
	if err != nil {
		return err
	}
	return c.deps.RenderSpace(w, r, component.SpacePage{Access: p.access, Title: site.T(r.Context(), "minutes.legal.title"), View: legalView(p)})
}

// downloadLegalFile is a POST: that somebody took the file is an event.
func (c *Component) downloadLegalFile(w http.ResponseWriter, r *http.Request) error {
	a, err := c.access(r)
	if err != nil {
		return err
	}
	return download(w, "application/zip", a.Space.Slug+"-legal-file.zip", func(w io.Writer) error { return c.WriteLegalFile(r.Context(), a, w) })
}

// showKey gives the public key as programs read it.
func (c *Component) showKey(w http.ResponseWriter, _ *http.Request) error {
	der, err := x509.MarshalPKIXPublicKey(c.publicKey())
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/x-pem-file")
	return pem.Encode(w, &pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

// largestUpload is the size of a file that the form takes, in bytes.
const largestUpload = 64 << 20

// verifyPage is the form that verifies a legal file, and what it found.
type verifyPage struct {
	fingerprint string // ours
	wrong       string // why what was sent is no legal file
	name        string // of the file
	report      *legalfile.Report
}

func (p verifyPage) ours() bool { return p.report.Fingerprint == p.fingerprint }

func (c *Component) showVerify(w http.ResponseWriter, r *http.Request) error {
	return c.renderVerify(w, r, http.StatusOK, verifyPage{fingerprint: c.fingerprint()})
}

func (c *Component) renderVerify(w http.ResponseWriter, r *http.Request, status int, p verifyPage) error {
	return c.deps.Site.Render(w, r, status, site.Page{Title: site.T(r.Context(), "minutes.verify.title")}, verifyView(p))
}

// verifyUpload verifies the file that was sent, which is not kept. A few at a time: anybody may ask.
func (c *Component) verifyUpload(w http.ResponseWriter, r *http.Request) error {
	select {
	case c.verifying <- struct{}{}:
		defer func() { <-c.verifying }()
	default:
		return fault.New(fault.TooMany, "minutes.verify.busy")
	}
	web.AllowBody(w, r, largestUpload)
	p := verifyPage{fingerprint: c.fingerprint()}
	in, head, err := r.FormFile("file")
	if r.MultipartForm != nil {
		defer r.MultipartForm.RemoveAll() //nolint:errcheck // a temporary file
	}
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) || errors.Is(err, multipart.ErrMessageTooLarge) {
		p.wrong = site.T(r.Context(), "minutes.verify.missing")
		return c.renderVerify(w, r, http.StatusUnprocessableEntity, p)
	}
	if err != nil {
		return err
	}
	defer in.Close()
	report, err := legalfile.Verify(in, head.Size)
	var format *legalfile.FormatError
	if errors.As(err, &format) {
		p.wrong = format.Text(lang(r.Context()))
		return c.renderVerify(w, r, http.StatusUnprocessableEntity, p)
	}
	if err != nil {
		return err
	}
	p.name, p.report = head.Filename, &report
	return c.renderVerify(w, r, http.StatusOK, p)
}
