package sortition

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

// highs is the solver HiGHS of the npm package `highs`: WebAssembly, run by wazero, reached by
// its interface in C. Emscripten shortened the names; the script beside it lists them.
type highs struct {
	t      *testing.T
	module api.Module
	export map[string]string // name in C → name in the module
}

func startHiGHS(t *testing.T) *highs {
	t.Helper()
	dir := filepath.Join("..", "node_modules", "highs", "build")
	script, err := os.ReadFile(filepath.Join(dir, "highs.js"))
	if os.IsNotExist(err) {
		t.Skip("the npm package highs is not installed")
	}
	code, err2 := os.ReadFile(filepath.Join(dir, "highs.wasm"))
	if err != nil || err2 != nil {
		t.Fatal(err, err2)
	}
	ctx := context.Background()
	runtime := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfig().WithCoreFeatures(api.CoreFeaturesV2|experimental.CoreFeaturesExceptionHandling))
	t.Cleanup(func() { runtime.Close(ctx) })
	compiled, err := runtime.CompileModule(ctx, code)
	if err != nil {
		t.Fatal(err)
	}
	if err := supplyImports(ctx, runtime, compiled, string(script)); err != nil {
		t.Fatal(err)
	}
	h := &highs{t: t, export: map[string]string{}}
	if h.module, err = runtime.InstantiateModule(ctx, compiled, wazero.NewModuleConfig().WithStartFunctions()); err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`_(\w+)=Module\["\w+"\]=wasmExports\["([^"]+)"\]`).FindAllStringSubmatch(string(script), -1) {
		h.export[m[1]] = m[2]
	}
	start := regexp.MustCompile(`function initRuntime\(\)\{.*?wasmExports\["([^"]+)"\]\(\)`).FindStringSubmatch(string(script))
	if start == nil {
		t.Fatal("the script of highs starts its module in an unknown way")
	}
	h.export["start"] = start[1]
	h.call("start")
	return h
}

// supplyImports gives the module what a silent solver of a problem in memory needs: a clock,
// more memory, an empty environment, an output that nobody reads. Anything else ends it.
func supplyImports(ctx context.Context, runtime wazero.Runtime, compiled wazero.CompiledModule, script string) error {
	list := regexp.MustCompile(`var wasmImports=\{([^}]*)\}`).FindStringSubmatch(script)
	if list == nil {
		return fmt.Errorf("the script of highs lists its imports in an unknown way")
	}
	names := map[string]string{}
	for _, pair := range strings.Split(list[1], ",") {
		short, name, _ := strings.Cut(pair, ":")
		names[short] = strings.TrimLeft(name, "_")
	}
	var builder wazero.HostModuleBuilder
	for _, f := range compiled.ImportedFunctions() {
		module, short, _ := f.Import()
		if builder == nil {
			builder = runtime.NewHostModuleBuilder(module)
		}
		builder = builder.NewFunctionBuilder().WithGoModuleFunction(api.GoModuleFunc(func(_ context.Context, m api.Module, stack []uint64) {
			imported(names[short], m.Memory(), stack)
		}), f.ParamTypes(), f.ResultTypes()).Export(short)
	}
	_, err := builder.Instantiate(ctx)
	return err
}

func imported(name string, memory api.Memory, stack []uint64) {
	const page = 64 << 10
	switch now := time.Now(); name {
	case "emscripten_get_now", "emscripten_date_now":
		stack[0] = api.EncodeF64(float64(now.UnixMicro()) / 1000)
	case "clock_time_get": // which, precision, where to
		memory.WriteUint64Le(uint32(stack[2]), uint64(now.UnixNano()))
		stack[0] = 0
	case "emscripten_resize_heap":
		_, ok := memory.Grow(uint32((stack[0] - uint64(memory.Size()) + page - 1) / page))
		stack[0] = api.EncodeI32(map[bool]int32{true: 1}[ok])
	case "environ_sizes_get":
		memory.WriteUint32Le(uint32(stack[0]), 0)
		memory.WriteUint32Le(uint32(stack[1]), 0)
		stack[0] = 0
	case "environ_get", "tzset_js":
		stack[0] = 0
	case "fd_write": // file, pieces, how many, where the number of bytes goes
		written := uint32(0)
		for i := range uint32(stack[2]) {
			n, _ := memory.ReadUint32Le(uint32(stack[1]) + 8*i + 4)
			written += n
		}
		memory.WriteUint32Le(uint32(stack[3]), written)
		stack[0] = 0
	default:
		panic("HiGHS calls " + name)
	}
}

func (h *highs) call(name string, args ...uint64) uint64 {
	h.t.Helper()
	f := h.module.ExportedFunction(h.export[name])
	if f == nil {
		h.t.Fatalf("highs does not export %s", name)
	}
	out, err := f.Call(context.Background(), args...)
	if err != nil {
		h.t.Fatalf("%s: %v", name, err)
	}
	return append(out, 0)[0]
}

// put copies whole numbers of 32 bits, floating point numbers or a text into the module.
func (h *highs) put(data any) uint64 {
	h.t.Helper()
	bytes, err := binary.Append(nil, binary.LittleEndian, data)
	if err != nil {
		h.t.Fatal(err)
	}
	at := h.call("malloc", uint64(len(bytes)+8))
	if !h.module.Memory().Write(uint32(at), append(bytes, make([]byte, 8)...)) {
		h.t.Fatal("no memory")
	}
	return at
}

// optimum is what a programme reaches, to the precision of HiGHS.
func (h *highs) optimum(l *programme) float64 {
	h.t.Helper()
	const rowwise, optimal = 2, 7
	var low, high, coef []float64
	var start, at []int32
	for _, s := range l.rows {
		low, high, start = append(low, s.lo), append(high, s.hi), append(start, int32(len(at)))
		for k, column := range s.at {
			at, coef = append(at, int32(column)), append(coef, s.coef[k])
		}
	}
	n := len(l.cost)
	kind := make([]int32, n)
	for i := range kind {
		kind[i] = map[bool]int32{true: 1}[l.whole]
	}
	sense := int32(1)
	if l.maximise {
		sense = -1
	}
	model := h.call("Highs_create")
	h.call("Highs_setBoolOptionValue", model, h.put([]byte("output_flag")), 0)
	h.call("Highs_setDoubleOptionValue", model, h.put([]byte("mip_rel_gap")), 0)
	status := h.call("Highs_passMip", model, uint64(n), uint64(len(l.rows)), uint64(len(at)), rowwise, api.EncodeI32(sense), api.EncodeF64(0),
		h.put(l.cost), h.put(make([]float64, n)), h.put(l.top), h.put(low), h.put(high), h.put(start), h.put(at), h.put(coef), h.put(kind))
	if status != 0 || h.call("Highs_run", model) != 0 || h.call("Highs_getModelStatus", model) != optimal {
		h.t.Errorf("HiGHS does not solve it")
		return math.NaN()
	}
	value := api.DecodeF64(h.call("Highs_getObjectiveValue", model))
	h.call("Highs_destroy", model)
	return value
}
