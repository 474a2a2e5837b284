package spaces

// IdentityChanged is the event of who the organisation is, as its pages say from now on.
type IdentityChanged struct {
	Name string `json:"name"`
}

func (IdentityChanged) EventKind() string { return "spaces.identity_changed" }

// DefaultStatutesChanged is the event of the statutes that new assemblies start from; the whole
// text is kept.
type DefaultStatutesChanged struct {
	Text string `json:"text"`
}

func (DefaultStatutesChanged) EventKind() string { return "spaces.default_statutes_changed" }
