package room

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"net/url"
)

// mediaAddress is the IP address browsers are told to send media to: the one configured, else that of
// the site's name, which usually is this machine. Nobody outside is asked but the name's own DNS.
func mediaAddress(ctx context.Context, configured, site string) (string, error) {
	if configured != "" {
		if _, err := netip.ParseAddr(configured); err != nil {
			return "", fmt.Errorf("voice: the media address must be an IP address: %w", err)
		}
		return configured, nil
	}
	u, err := url.Parse(site)
	if err != nil || u.Hostname() == "" {
		return "127.0.0.1", nil
	}
	if ip, err := netip.ParseAddr(u.Hostname()); err == nil {
		return ip.String(), nil
	}
	all, err := net.DefaultResolver.LookupNetIP(ctx, "ip", u.Hostname())
	if err != nil {
		return "", fmt.Errorf("voice: no address is configured, and the site's name has none: %w", err)
	}
	for _, ip := range all { // the older kind is the one everybody reaches
		if ip.Unmap().Is4() {
			return ip.Unmap().String(), nil
		}
	}
	return all[0].String(), nil
}

// loopback tells whether the address is reached from this machine only.
func loopback(address string) bool {
	ip, err := netip.ParseAddr(address)
	return err == nil && ip.IsLoopback()
}
