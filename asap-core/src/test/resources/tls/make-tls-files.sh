#!/usr/bin/env bash
# Makes the certificates and keys of TlsMaterialTest and TlsHandshakeTest again, all of them, with OpenSSL 3:
#
#   asap-core/src/test/resources/tls/make-tls-files.sh
#
# They protect nothing and are trusted by nobody: the keys are public, and those of the authorities are thrown away.
# The certificates are valid for 20 years.
#
#   ca.pem                        the authority of all servers and clients, except:
#   other-ca.pem                  the authority of stranger.pem
#   server-{rsa,ec,ed25519}.pem   for localhost and 127.0.0.1; server-rsa.pem is issued by an intermediate authority,
#                                 which stands in the file too, with text around both
#   server-elsewhere.pem          for the host elsewhere.example
#   client-{rsa,ec,ed25519}.pem   for clients
#   X-key.pem                     the key of X.pem, PKCS#8
#   client-*-key-*.pem            the key of that client in another form, as the name says
#   ed448-key.pem, secp256k1-key.pem, dsa-key-traditional.pem   keys of kinds that are not supported
#
# The password is "open sesame", that of client-ec-key-encrypted-umlaut.pem is "öffne dich".
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
rm -f -- *.pem
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

readonly days=7305
readonly password='open sesame'

new_key() { # name, algorithm and its options
  local name=$1
  shift
  openssl genpkey -quiet -algorithm "$@" -out "$name-key.pem"
}

issue() { # name, common name, issuer (a path without suffix; itself for an authority), file with extensions
  local name=$1 subject=$2 issuer=$3 extensions=$4
  openssl req -new -key "$name-key.pem" -subj "/O=ASAP for Java tests/CN=$subject" -out "$work/request.pem"
  if [ "$issuer" = "$name" ]; then
    openssl x509 -req -in "$work/request.pem" -key "$name-key.pem" -days "$days" -extfile "$extensions" -out "$name.pem"
  else
    openssl x509 -req -in "$work/request.pem" -CA "$issuer.pem" -CAkey "$issuer-key.pem" -days "$days" \
      -extfile "$extensions" -out "$name.pem"
  fi
}

printf '%s\n' 'basicConstraints=critical,CA:TRUE' 'keyUsage=critical,keyCertSign,cRLSign' > "$work/authority"
leaf='keyUsage=critical,digitalSignature'
printf '%s\n' "$leaf" 'extendedKeyUsage=serverAuth' 'subjectAltName=DNS:localhost,IP:127.0.0.1' > "$work/server"
printf '%s\n' "$leaf" 'extendedKeyUsage=serverAuth' 'subjectAltName=DNS:elsewhere.example' > "$work/elsewhere"
printf '%s\n' "$leaf" 'extendedKeyUsage=clientAuth' 'subjectAltName=URI:urn:asap:agent:test' > "$work/client"

ec=(EC -pkeyopt ec_paramgen_curve:P-256)
rsa=(RSA -pkeyopt rsa_keygen_bits:2048)

for authority in ca other-ca; do
  new_key "$authority" "${ec[@]}"
  issue "$authority" "$authority" "$authority" "$work/authority"
done
new_key "$work/intermediate" "${ec[@]}"
issue "$work/intermediate" intermediate-ca ca "$work/authority"

new_key server-rsa "${rsa[@]}"
issue server-rsa localhost "$work/intermediate" "$work/server"
{
  echo 'The certificate of the server: it is for localhost.'
  openssl x509 -in server-rsa.pem -text
  printf '\nThe authority that issued it:\n'
  cat "$work/intermediate.pem"
  printf 'That is all.\n'
} > "$work/chain.pem"
mv "$work/chain.pem" server-rsa.pem

new_key server-ec "${ec[@]}"
issue server-ec localhost ca "$work/server"
new_key server-ed25519 ED25519
issue server-ed25519 localhost ca "$work/server"
new_key server-elsewhere "${ec[@]}"
issue server-elsewhere elsewhere.example ca "$work/elsewhere"

new_key client-rsa "${rsa[@]}"
new_key client-ec "${ec[@]}"
new_key client-ed25519 ED25519
for client in client-rsa client-ec client-ed25519; do
  issue "$client" "$client" ca "$work/client"
done
new_key stranger "${ec[@]}"
issue stranger stranger other-ca "$work/client"

encrypt() { # key, new name, options
  local key=$1 name=$2
  shift 2
  openssl pkcs8 -topk8 -in "$key-key.pem" -passout "pass:$password" -out "$name.pem" "$@"
}
for client in client-rsa client-ec client-ed25519; do
  encrypt "$client" "$client-key-encrypted" -v2 aes-256-cbc -v2prf hmacWithSHA256
done
encrypt client-ec client-ec-key-encrypted-aes128-sha1 -v2 aes-128-cbc -v2prf hmacWithSHA1
encrypt client-ec client-ec-key-encrypted-aes192-sha384 -v2 aes-192-cbc -v2prf hmacWithSHA384
encrypt client-ec client-ec-key-encrypted-aes256-sha512 -v2 aes-256-cbc -v2prf hmacWithSHA512 -iter 100000
encrypt client-ec client-ec-key-encrypted-3des -v2 des3
encrypt client-ec client-ec-key-encrypted-scrypt -scrypt
encrypt client-ec client-ec-key-encrypted-pbes1 -v1 PBE-SHA1-3DES
openssl pkcs8 -topk8 -in client-ec-key.pem -passout 'pass:öffne dich' -v2 aes-256-cbc -out client-ec-key-encrypted-umlaut.pem

openssl pkey -in client-rsa-key.pem -traditional -out client-rsa-key-pkcs1.pem
openssl pkey -in client-ec-key.pem -traditional -out client-ec-key-sec1.pem
{
  openssl ecparam -name prime256v1
  cat client-ec-key-sec1.pem
} > client-ec-key-sec1-with-parameters.pem
openssl pkey -in client-rsa-key.pem -traditional -aes256 -passout "pass:$password" -out client-rsa-key-traditional-encrypted.pem
openssl pkey -in client-ec-key.pem -traditional -aes256 -passout "pass:$password" -out client-ec-key-traditional-encrypted.pem

new_key ed448 ED448
new_key secp256k1 EC -pkeyopt ec_paramgen_curve:secp256k1
openssl dsaparam -genkey 1024 2> /dev/null | openssl pkey -traditional -out dsa-key-traditional.pem

rm ca-key.pem other-ca-key.pem
