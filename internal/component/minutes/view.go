package minutes

import (
	"context"
	"net/url"
	"strconv"

	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/ui"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
	"isegoria.org/isegoria/statute"
)

func lang(ctx context.Context) string { return string(site.From(ctx).Lang) }

// plural is 1 for a number of votes said in the singular, 2 for the others.
func plural(f statute.Frac) int {
	if f.Cmp(statute.Int(1)) <= 0 {
		return 1
	}
	return 2
}

// path is the address of the attendance sheet.
func (p attendancePage) path() string { return p.access.Space.Path() + "/attendance" }

func holds(list []space.RoleHolder, role people.Role) bool {
	for _, h := range list {
		if h.Role == role {
			return true
		}
	}
	return false
}

// pagination leads to the other pages of a list.
func pagination(ctx context.Context, path string, query url.Values, page, perPage, total int) ui.PaginationProps {
	from, to := (page-1)*perPage+1, min(page*perPage, total)
	return ui.PaginationProps{
		Page: page, Pages: (total + perPage - 1) / perPage,
		Summary: site.T(ctx, "minutes.pages", "from", min(from, total), "to", to, "total", total),
		Href: func(n int) string {
			q := url.Values{}
			for k, v := range query {
				if len(v) > 0 && v[0] != "" {
					q[k] = v
				}
			}
			q.Set("page", strconv.Itoa(n))
			return path + "?" + q.Encode()
		},
	}
}
