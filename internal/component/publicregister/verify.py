import hashlib, json, sys

previous = ""
for line in open(sys.argv[1], encoding="utf-8"):
    e = json.loads(line)
    fields = ["isegoria-journal-1", previous, str(e["seq"]), e["id"], str(e["at"]), e["kind"], e["digest"]]
    if hashlib.sha256("\n".join(fields).encode()).hexdigest() != e["hash"]:
        sys.exit(f"place {e['seq']}: the chain does not hold")
    previous = e["hash"]
print("the chain holds, up to", previous)
