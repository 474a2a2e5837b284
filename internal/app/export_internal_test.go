package app

// Unexplained lists the files that no note explains, but the README itself.
func Unexplained(names []string) (rest []string) {
	_, all := explain(names)
	for _, name := range all {
		if name != "README.md" {
			rest = append(rest, name)
		}
	}
	return rest
}
