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
// pages of the program's file, most of which are read once, to initialise libraries.
func settle() {
	time.Sleep(2 * time.Second)
	debug.FreeOSMemory()
	giveBackFile()
}

// giveBackFile lets the system take the unchanged pages of the program's file (madvise(2), MADV_DONTNEED). Those
// needed again come back one by one from the system's cache. A part of the file in which anything was changed stays
// whole: the tables that a dynamic linker fills are read-only afterwards, and would come back empty.
func giveBackFile() {
	program, err := os.Executable()
	if err != nil {
		return
	}
	maps, err := os.Open("/proc/self/smaps")
	if err != nil {
		return
	}
	defer maps.Close()
	var start, end uint64 // of the part being read about, when it is one of the program's file
	for lines := bufio.NewScanner(maps); lines.Scan(); {
		f := strings.Fields(lines.Text())
		switch {
		case len(f) >= 5 && strings.Contains(f[0], "-"): // 00400000-02e1a000 r-xp 00000000 fe:01 1234 /usr/bin/isegoria
			start, end = 0, 0
			if len(f) == 6 && f[5] == program && f[1][1] != 'w' {
				from, to, _ := strings.Cut(f[0], "-")
				start, _ = strconv.ParseUint(from, 16, 64)
				end, _ = strconv.ParseUint(to, 16, 64)
			}
		case len(f) == 3 && f[0] == "Anonymous:" && f[1] == "0" && end > start:
			giveBack(uintptr(start), uintptr(end))
		}
	}
}

// giveBack lets the system take the pages between two addresses. It is advice: where it is refused, nothing changes.
func giveBack(start, end uintptr) {
	_, _, _ = unix.Syscall(unix.SYS_MADVISE, start, end-start, unix.MADV_DONTNEED)
}
