package sortition

import (
	"errors"
	"strings"
	"testing"
)

func TestParsePool(t *testing.T) {
	p, err := ParsePool([]byte("\xef\xbb\xbfnom; sexe\nA; F \n\"B;C\";M\n"))
	if err != nil || len(p.Rows) != 2 || p.Header[1] != "sexe" || p.Rows[0][1] != "F" || p.Rows[1][0] != "B;C" || p.Lines[1] != 3 {
		t.Fatalf("%+v %v", p, err)
	}
	for text, want := range map[string]string{
		"a,b\n1,2\n3\n": "line 3: 1 cells where the header has 2",
		"a,b\n":         "no volunteer",
		"a\n\"x\n":      "line 2",
		"":              "no volunteer",
	} {
		_, err := ParsePool([]byte(text))
		var input *InputError
		if !errors.As(err, &input) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// The same table in the encodings and line ends that spreadsheets use.
func TestEncodings(t *testing.T) {
	text := "nom;sexe\nZoé;F\nBenoît;M\n"
	wide := []byte{0xff, 0xfe}
	swapped := []byte{0xfe, 0xff}
	var narrow []byte
	for _, r := range text {
		wide, swapped, narrow = append(wide, byte(r), 0), append(swapped, 0, byte(r)), append(narrow, byte(r))
	}
	for name, data := range map[string][]byte{
		"UTF-8": []byte(text), "UTF-16": wide, "UTF-16, big end first": swapped, "Windows-1252": narrow,
		"CRLF": []byte(strings.ReplaceAll(text, "\n", "\r\n")), "CR": []byte(strings.ReplaceAll(text, "\n", "\r")),
	} {
		p, err := ParsePool(data)
		if err != nil || len(p.Rows) != 2 || p.Rows[0][0] != "Zoé" || p.Rows[1][1] != "M" || p.Lines[1] != 3 {
			t.Errorf("%s: %+v %v", name, p, err)
		}
	}
}

// What spreadsheets and other tools write is read all the same.
func TestOddButValidFiles(t *testing.T) {
	f := Files{
		Pool:   []byte("id,nationbuilder_id,Gender,notes,notes\r\n1,7,FEMALE,\xe9,x,,\r\n,,,,\r\n2,8,male,\"two\nlines\",x\r\n3,9,Other,,\r\n"),
		Quotas: []byte("category,feature,min,max,min_flex,max_flex\ngender,Female,1,1,0,-1\ngender,Male,0,2,,\ngender,other,0,0,0,\n,,,,,\n"),
	}
	p, err := f.Problem(Options{Size: 2})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Validate(); err != nil {
		t.Fatal(err)
	}
	if len(p.Pool.Rows) != 3 || p.Pool.Rows[0][3] != "é" || p.Pool.Rows[0][2] != "Female" || p.Pool.Lines[1] != 4 {
		t.Errorf("%q from lines %v", p.Pool.Rows, p.Pool.Lines)
	}
	p.Pool.Rows[2][2] = ""
	if err := p.Validate(); err == nil || err.Error() != "line 6: the cell of gender is empty" {
		t.Errorf("an empty cell: %v", err)
	}
	p.Pool.Rows[2][2] = "other"
	p.AddressColumns = []string{"notes"}
	if err := p.Validate(); err == nil || !strings.Contains(err.Error(), "two columns of the pool are named “notes”") {
		t.Errorf("an address in one of two columns: %v", err)
	}
	capitals := Files{[]byte("c\na\nA\n"), []byte("category,feature,min,max\nc,a,0,1\nc,A,1,1\n")}
	if p, err = capitals.Problem(Options{Size: 1}); err != nil || p.Pool.Rows[0][0] != "a" || p.Pool.Rows[1][0] != "A" {
		t.Errorf("capitals that tell values apart: %v %v", p, err)
	}
}

func TestParseQuotasOfExistingTools(t *testing.T) {
	for _, text := range []string{
		"category,feature,min,max\nsexe,F,1,2\n",
		"category,name,min,max,min_flex,max_flex\nsexe,F,1,2,,\n",
		"feature,value,min,max\nsexe,F,1,2\n",
		"feature,value,min,max,min_flex,max_flex\nsexe,F,1,2,0,-1\n",
		"Category\tName\tsuggest min\tMin\tMax\nsexe\tF\t9\t1\t2\n",
	} {
		q, err := ParseQuotas([]byte(text))
		if err != nil || len(q) != 1 || q[0] != (Quota{"sexe", "F", 1, 2, 0, NoLimit}) {
			t.Errorf("%q: %+v %v", text, q, err)
		}
	}
	for text, want := range map[string]string{
		"category,feature,min,max\nsexe,F,x,2\n":                     "line 2: sexe: F: “x” of column min is not a whole number",
		"category,feature,min,max\nsexe,F,1,\n":                      "“” of column max",
		"category,feature,min,max\nsexe,F,1,2\nsexe,F,1,2\n":         "line 3: sexe: F has a quota already, at line 2",
		"category,feature,min,max,min_flex,max_flex\nsexe,F,1,2,2,3": "min_flex 2 is above the minimum 1",
		"category,feature,min,max,min_flex,max_flex\nsexe,F,1,2,0,1": "max_flex 1 is below the maximum 2",
		"category,feature,min,max\nsexe,,1,2\n":                      "needs a category and a value",
		"":                                                           "empty",
	} {
		if _, err := ParseQuotas([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	quotas := []Quota{{"âge", "18, 24", 1, 2, 0, 4}, {"âge", "25+", 0, 3, 0, NoLimit}}
	again, err := ParseQuotas(FormatQuotas(quotas))
	if err != nil || len(again) != 2 || again[0] != quotas[0] || again[1] != quotas[1] {
		t.Errorf("%+v %v", again, err)
	}
}

func TestFrenchAddress(t *testing.T) {
	for _, same := range [][]string{
		{"12 bis, avenue du Général-de-Gaulle 75014 Paris", "12bis av. du Gal de Gaulle, 75014 PARIS", "12 B AV DU GENERAL DE GAULLE 75014 paris"},
		{"3 rue de l'Église", "3, r. de l’Eglise", "3 RUE DE L EGLISE"},
		{"8 bd St-Michel 75005 Paris Cedex 05", "8 Boulevard Saint Michel, 75005 Paris"},
		{"Lieu-dit Le Cœur, 56000 Vannes", "LD Le Coeur 56000 VANNES"},
		{"1 rond-point des Écoles, Apt. 4", "1 Rond point des ecoles, appt 4"},
	} {
		for _, s := range same[1:] {
			if FrenchAddress(s) != FrenchAddress(same[0]) {
				t.Errorf("%q → %q but %q → %q", s, FrenchAddress(s), same[0], FrenchAddress(same[0]))
			}
		}
	}
	for _, pair := range [][2]string{
		{"12 rue des Lilas", "12 bis rue des Lilas"},
		{"12 rue des Lilas", "12 avenue des Lilas"},
		{"1 rue des Lilas", "11 rue des Lilas"},
		{"5 rue X, bâtiment B", "5 rue X, bâtiment C"},
	} {
		if FrenchAddress(pair[0]) == FrenchAddress(pair[1]) {
			t.Errorf("%q and %q are taken for one address", pair[0], pair[1])
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("category,feature,min,max\nsexe,F,1,2\n"))
	f.Add([]byte("a;b\n1;\"2\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if p, err := ParsePool(data); err == nil {
			for _, row := range p.Rows {
				if len(row) != len(p.Header) {
					t.Fatal("a row has other cells than the header")
				}
				FrenchAddress(strings.Join(row, " "))
			}
		}
		if q, err := ParseQuotas(data); err == nil {
			if again, err := ParseQuotas(FormatQuotas(q)); err != nil || len(again) != len(q) {
				t.Fatalf("quotas do not survive being written: %v", err)
			}
		}
	})
}

func FuzzVerify(f *testing.F) {
	f.Add([]byte(`{"format":"isegoria-draw-1","options":{"size":1},"objective":"leximin","proof":{"types":[[[0]]],"stages":[{"prices":[1]}]}}`))
	files := Files{[]byte("a\nx\ny\n"), []byte("category,feature,min,max\na,x,0,1\na,y,0,1\n")}
	f.Fuzz(func(t *testing.T, report []byte) {
		if accepted(Verify(report, files)) {
			t.Fatal("noise is accepted as a report")
		}
	})
}
