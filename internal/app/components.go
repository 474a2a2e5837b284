package app

import "isegoria.org/isegoria/internal/component"

// components lists every component of the house, in the order in which they are asked.
func components(d *component.Deps) []component.Component {
	return []component.Component{}
}
