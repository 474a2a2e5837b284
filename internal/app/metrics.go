package app

import (
	"context"
	"crypto/subtle"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/mail"
)

// metrics are what a Prometheus server may read: figures of the program, never of people.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
}

func newMetrics(d *db.DB) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "isegoria_request_seconds", Help: "Time taken to answer, by what was asked and the status.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
		}, []string{"pattern", "status"}),
	}
	busy := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "isegoria_database_busy", Help: "Transactions waiting for the writer (SQLite) or connections at work (PostgreSQL).",
	}, func() float64 { return float64(d.Busy()) })
	m.registry.MustRegister(m.requests, busy, stored{d}, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *metrics) observe(pattern string, status int, took time.Duration) {
	m.requests.WithLabelValues(pattern, strconv.Itoa(status)).Observe(took.Seconds())
}

// stored reads from the database, when it is asked, what waits there.
type stored struct{ db *db.DB }

var (
	mailsDesc     = prometheus.NewDesc("isegoria_mails", "Mails by where they stand: queued, sending, later, sent, refused, outbox.", []string{"state"}, nil)
	unchainedDesc = prometheus.NewDesc("isegoria_journal_unchained", "Events stored and not yet in the chain.", nil, nil)
)

// Describe names what Collect gives.
func (stored) Describe(ch chan<- *prometheus.Desc) { ch <- mailsDesc; ch <- unchainedDesc }

// Collect reads the figures.
func (s stored) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		counts, err := mail.Count(tx, mail.Filter{})
		if err != nil {
			return err
		}
		for _, state := range []mail.State{mail.Queued, mail.Sending, mail.Later, mail.Sent, mail.Refused, mail.Outbox} {
			ch <- prometheus.MustNewConstMetric(mailsDesc, prometheus.GaugeValue, float64(counts[state]), string(state))
		}
		var n int64
		if err := tx.Row("SELECT count(*) FROM journal WHERE seq IS NULL", nil, &n); err != nil {
			return err
		}
		ch <- prometheus.MustNewConstMetric(unchainedDesc, prometheus.GaugeValue, float64(n))
		return nil
	})
	if err != nil {
		ch <- prometheus.NewInvalidMetric(unchainedDesc, err)
	}
}

// showMetrics answers whoever shows the token; without a token in the configuration, whoever
// asks from this machine and not through a reverse proxy. Others learn nothing.
func (a *App) showMetrics(w http.ResponseWriter, r *http.Request) error {
	if !a.mayReadMetrics(r) {
		return db.ErrNotFound
	}
	promhttp.HandlerFor(a.metrics.registry, promhttp.HandlerOpts{}).ServeHTTP(w, r)
	return nil
}

func (a *App) mayReadMetrics(r *http.Request) bool {
	if want := a.config.MetricsToken; want != "" {
		got, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		return subtle.ConstantTimeCompare([]byte(got), []byte(want)) == 1
	}
	for _, forwarded := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Via"} {
		if r.Header.Get(forwarded) != "" {
			return false
		}
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	return err == nil && net.ParseIP(host).IsLoopback() && !a.config.BehindProxy
}
