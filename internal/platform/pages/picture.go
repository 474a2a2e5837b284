package pages

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
)

// encode makes a picture lighter than budget, or as light as can be. Drawn pages have few colours
// and stay sharp as PNG; photographs become JPEG.
func encode(m *image.RGBA, budget int) (Picture, error) {
	for _, bits := range []int{8, 5, 4} {
		p := reduce(m, bits)
		if p == nil {
			continue
		}
		var b bytes.Buffer
		if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, p); err != nil {
			return Picture{}, err
		}
		if b.Len() <= budget {
			return Picture{"image/png", b.Bytes()}, nil
		}
	}
	var b bytes.Buffer
	for _, quality := range []int{82, 70, 58, 46, 34} {
		b.Reset()
		if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: quality}); err != nil {
			return Picture{}, err
		}
		if b.Len() <= budget {
			break
		}
	}
	return Picture{"image/jpeg", b.Bytes()}, nil
}

// reduce is the picture with that many bits per primary colour; nil when 256 colours do not do.
func reduce(m *image.RGBA, bits int) *image.Paletted {
	out := image.NewPaletted(m.Bounds(), nil)
	places := map[color.RGBA]uint8{}
	mask := uint8(0xff << (8 - bits))
	spread := func(v uint8) uint8 { v &= mask; return v | v>>bits } // so that white stays white
	for y := range m.Bounds().Dy() {
		row := m.Pix[y*m.Stride:]
		for x := range m.Bounds().Dx() {
			c := color.RGBA{spread(row[4*x]), spread(row[4*x+1]), spread(row[4*x+2]), 0xff}
			place, known := places[c]
			if !known {
				if len(places) == 256 {
					return nil
				}
				place = uint8(len(places)) //nolint:gosec // less than 256
				places[c] = place
				out.Palette = append(out.Palette, c)
			}
			out.Pix[y*out.Stride+x] = place
		}
	}
	return out
}
