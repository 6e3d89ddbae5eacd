#!/bin/sh
# Makes the certificates of the tests with openssl: an authority, and a merchant's certificate in
# the three files that WeChat's tool writes, locked in WeChat's old way and in openssl's new one.
# The keys are worth nothing: they open no door but those of the tests.
set -eu
cd "$(dirname "$0")"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Fixed dates, so that no clock of a test machine is too early: only `openssl ca` takes them.
cat > "$scratch/ca.cnf" <<'CONFIG'
[ca]
default_ca = tests
[tests]
database = index
new_certs_dir = .
serial = serial
default_md = sha256
policy = any
unique_subject = no
[any]
countryName = optional
localityName = optional
organizationName = optional
organizationalUnitName = optional
commonName = supplied
[authority]
basicConstraints = critical, CA:TRUE
[merchant]
basicConstraints = CA:FALSE
CONFIG

here=$(pwd)
sign() {
    (cd "$scratch" && openssl ca -batch -notext -config ca.cnf -rand_serial \
        -startdate 20200101000000Z -enddate 20500101000000Z "$@")
}
: > "$scratch/index"
openssl req -newkey rsa:2048 -nodes -keyout "$scratch/authority.key" -out "$scratch/authority.csr" \
    -subj "/C=CN/O=Tests/CN=Authority of the tests"
sign -selfsign -keyfile authority.key -in authority.csr -extensions authority \
    -out "$here/authority.pem"
openssl req -newkey rsa:2048 -nodes -keyout apiclient_key.pem -out "$scratch/merchant.csr" \
    -subj "/C=CN/L=Shenzhen/O=Tests/OU=Shop/CN=10000100"
sign -cert "$here/authority.pem" -keyfile authority.key -in merchant.csr -extensions merchant \
    -out "$here/apiclient_cert.pem"

archive() {
    openssl pkcs12 -export "$@" -passout pass:10000100
}
# RC2 and Triple DES, the way of WeChat's tool, with the authority in it.
archive -legacy -in apiclient_cert.pem -inkey apiclient_key.pem -certfile authority.pem \
    -name "Tenpay Certificate" -out legacy.p12
archive -legacy -descert -in apiclient_cert.pem -inkey apiclient_key.pem -out triple-des.p12
# AES, the way of openssl 3.
archive -in apiclient_cert.pem -inkey apiclient_key.pem -out modern.p12
archive -in apiclient_cert.pem -nokeys -out without-key.p12
