#!/bin/sh
# One night: what the service did, against its document and against last night. `state` is kept from night to night.
# Exit code 1: drift; 3: nothing could be compared; whether the service is conformant is for the gate to say.
set -u
mkdir -p state
imodels-conformance run --file imodels.toml --reports today
echo "the run ended with $?"
code=0
# Your own document: add --contract openapi.yaml. What is accepted: --waivers waivers.yaml.
imodels-conformance drift observe today --no-unseen --history state/drift.json \
  --format markdown --output drift.md || code=$?
if [ -e state/yesterday/exchanges.jsonl.gz ]; then
  imodels-conformance drift runs state/yesterday today --fail-on warning \
    --format markdown --output runs.md || code=$?
fi
if [ -e today/exchanges.jsonl.gz ]; then
  rm -rf state/yesterday
  mkdir -p state/yesterday
  cp today/exchanges.jsonl.gz today/verdict.json state/yesterday/
fi
exit "$code"
