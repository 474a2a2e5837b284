package main

import (
	"bufio"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// settle waits until the start is over, then gives back what only the start needed: unused memory, and the
// pages of the program's file, most of which are read once, to initialise libraries. Those needed again come
// back one by one from the system's cache (madvise(2), MADV_DONTNEED on a file's private, unchanged pages).
func settle() {
	time.Sleep(2 * time.Second)
	debug.FreeOSMemory()
	program, err := os.Executable()
	if err != nil {
		return
	}
	maps, err := os.Open("/proc/self/maps")
	if err != nil {
		return
	}
	defer maps.Close()
	for lines := bufio.NewScanner(maps); lines.Scan(); {
		// 00400000-02e1a000 r-xp 00000000 fe:01 1234 /usr/bin/isegoria
		f := strings.Fields(lines.Text())
		if len(f) != 6 || f[5] != program || f[1][1] == 'w' {
			continue
		}
		from, to, _ := strings.Cut(f[0], "-")
		start, err1 := strconv.ParseUint(from, 16, 64)
		end, err2 := strconv.ParseUint(to, 16, 64)
		if err1 == nil && err2 == nil {
			giveBack(uintptr(start), uintptr(end))
		}
	}
}

// giveBack lets the system take the pages between two addresses. It is advice: where it is refused, nothing changes.
func giveBack(start, end uintptr) {
	_, _, _ = unix.Syscall(unix.SYS_MADVISE, start, end-start, unix.MADV_DONTNEED)
}
