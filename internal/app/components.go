package app

import (
	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/component/account"
	"isegoria.org/isegoria/internal/component/publicregister"
	"isegoria.org/isegoria/internal/component/register"
	"isegoria.org/isegoria/internal/component/spaces"
)

// components lists every component of the house, in the order in which they are asked.
func components(d *component.Deps) []component.Component {
	return []component.Component{
		account.New(d),
		register.New(d),
		spaces.New(d),
		publicregister.New(d),
	}
}
