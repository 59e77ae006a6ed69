"""The types of single settings."""

import ipaddress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from settings.cutover import Moment
from settings.dms import RawSettings, Script
from settings.fields import (
    AuroraDatabaseName,
    AvailabilityZone,
    BucketName,
    Cidr,
    ClientCidr,
    DatabaseName,
    Email,
    Host,
    KeyPrefix,
    Region,
    RolePath,
    VpcCidr,
    WebHost,
)

CIDR: TypeAdapter[str] = TypeAdapter(Cidr)
VPC_CIDR: TypeAdapter[str] = TypeAdapter(VpcCidr)
CLIENT_CIDR: TypeAdapter[str] = TypeAdapter(ClientCidr)
WEB_HOST: TypeAdapter[str] = TypeAdapter(WebHost)
ROLE_PATH: TypeAdapter[str] = TypeAdapter(RolePath)
BUCKET: TypeAdapter[str] = TypeAdapter(BucketName)
PREFIX: TypeAdapter[str] = TypeAdapter(KeyPrefix)
EMAIL: TypeAdapter[str] = TypeAdapter(Email)
HOST: TypeAdapter[str] = TypeAdapter(Host)
REGION: TypeAdapter[str] = TypeAdapter(Region)
ZONE: TypeAdapter[str] = TypeAdapter(AvailabilityZone)
DATABASE: TypeAdapter[str] = TypeAdapter(DatabaseName)
AURORA_DATABASE: TypeAdapter[str] = TypeAdapter(AuroraDatabaseName)
MOMENT: TypeAdapter[str] = TypeAdapter(Moment)
RAW_SETTINGS: TypeAdapter[str] = TypeAdapter(RawSettings)
SCRIPT: TypeAdapter[str] = TypeAdapter(Script)
ADDRESSES = st.integers(0, 2**32 - 1)


@given(ADDRESSES, st.integers(0, 32))
def test_a_network_is_taken_without_host_bits_alone(address: int, prefix: int) -> None:
    given_cidr = f"{ipaddress.IPv4Address(address)}/{prefix}"
    network = str(ipaddress.IPv4Network(given_cidr, strict=False))

    assert CIDR.validate_python(network) == network
    if given_cidr != network:
        with pytest.raises(ValidationError) as caught:
            CIDR.validate_python(given_cidr)
        assert caught.value.errors()[0]["ctx"]["instead"] == network


@given(ADDRESSES, st.integers(0, 32))
@example(address=int(ipaddress.IPv4Address("10.77.201.64")), prefix=26)
def test_a_vpc_is_told_a_network_that_it_may_have(address: int, prefix: int) -> None:
    cidr = str(ipaddress.IPv4Network((address, prefix), strict=False))
    try:
        assert VPC_CIDR.validate_python(cidr) == cidr
    except ValidationError as error:
        instead = error.errors()[0]["ctx"].get("instead", "10.20.0.0/16")
        assert VPC_CIDR.validate_python(instead) == instead


@pytest.mark.parametrize(
    "address",
    ["dba@example.org", "d.b+a@mail.example-1.co.uk", "o'neil@example.org", f"{'a' * 64}@b.org"],
)
def test_an_email_address_is_taken(address: str) -> None:
    assert EMAIL.validate_python(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "dba",
        "@example.org",
        "dba@",
        "dba@example",
        "d ba@example.org",
        "dba@@example.org",
        ".dba@example.org",
        "d..ba@example.org",
        "dba@-example.org",
        "dba@example.org\n",
        "dba@example.1",
        "Dba <dba@example.org>",
        f"{'a' * 65}@example.org",
        f"a@{'b' * 60}.{'b' * 60}.{'b' * 60}.{'b' * 60}.{'b' * 60}.org",
    ],
)
def test_what_is_no_email_address_is_refused(address: str) -> None:
    with pytest.raises(ValidationError):
        EMAIL.validate_python(address)


@pytest.mark.parametrize(
    "host", ["db", "192.168.10.15", "db-1.example.org", "db.example.org.", "my_db.internal"]
)
def test_a_host_is_taken(host: str) -> None:
    assert HOST.validate_python(host) == host


@pytest.mark.parametrize(
    "host",
    [
        "",
        "-db",
        "db:5432",
        "ferry@db",
        "db..org",
        "postgres://db",
        "300.1.1.1",
        "010.1.1.1",
        "1.2.3",
        "0x7f.1",
        "db.10",
        "localhost",
        "Localhost.",
        "127.0.0.1",
        "0.0.0.1",
        "169.254.169.254",
        "224.0.0.1",
        "255.255.255.255",
    ],
)
def test_what_is_no_host_is_refused(host: str) -> None:
    with pytest.raises(ValidationError):
        HOST.validate_python(host)


@pytest.mark.parametrize(
    "region", ["eu-central-1", "cn-north-1", "us-gov-west-1", "eusc-de-east-1"]
)
def test_a_region_of_every_partition_is_taken_and_its_zones(region: str) -> None:
    assert REGION.validate_python(region) == region
    assert ZONE.validate_python(f"{region}a") == f"{region}a"


@pytest.mark.parametrize(
    "region", ["us-iso-east-1", "xx-north-1", "eu-Central-1", "eu-central", "eu-centrl-1"]
)
def test_what_is_no_region_of_a_known_partition_is_refused(region: str) -> None:
    with pytest.raises(ValidationError):
        REGION.validate_python(region)


@pytest.mark.parametrize("script", ["", " ", "\u00a0", "SET a = 1;", "SET a\n= 1"])
def test_what_is_no_single_statement_is_refused(script: str) -> None:
    with pytest.raises(ValidationError):
        SCRIPT.validate_python(script)


@given(ADDRESSES, st.integers(0, 32))
@example(address=0, prefix=0)
@example(address=2**31, prefix=1)
def test_clients_are_never_the_internet(address: int, prefix: int) -> None:
    cidr = str(ipaddress.IPv4Network((address, prefix), strict=False))
    if prefix >= 8:
        assert CLIENT_CIDR.validate_python(cidr) == cidr
    else:
        with pytest.raises(ValidationError, match="a network of /8 or smaller"):
            CLIENT_CIDR.validate_python(cidr)


@pytest.mark.parametrize("host", ["events.pagerduty.com", "events.eu.pagerduty.com", "a1.b-c.io"])
def test_a_web_host_is_taken(host: str) -> None:
    assert WEB_HOST.validate_python(host) == host


@pytest.mark.parametrize(
    "host",
    [
        *("", "localhost", "Events.pagerduty.com", "events.pagerduty.com.", "10.1.1.1"),
        *("https://events.pagerduty.com", "events.pagerduty.com/integration/x", "a.b:443"),
        *("me@events.pagerduty.com", "-a.example.org", "a..example.org", f"{'a' * 64}.org"),
    ],
)
def test_whatever_is_more_than_a_host_is_refused(host: str) -> None:
    with pytest.raises(ValidationError):
        WEB_HOST.validate_python(host)


@pytest.mark.parametrize("path", ["/", "/databases/", "/a/b.c/_+=,@-/", f"/{'a' * 510}/"])
def test_a_path_of_roles_is_taken(path: str) -> None:
    assert ROLE_PATH.validate_python(path) == path


@pytest.mark.parametrize(
    "path",
    [
        *("", "databases", "/databases", "databases/", "//", "/a b/", "/*/", "/${aws:username}/"),
        *("/aws-service-role/", "/aws-reserved/sso/", f"/{'a' * 511}/"),
    ],
)
def test_what_is_no_path_of_ones_own_is_refused(path: str) -> None:
    with pytest.raises(ValidationError):
        ROLE_PATH.validate_python(path)


@pytest.mark.parametrize("name", ["abc", "platform-terraform-states", "a" * 63, "1a1"])
def test_a_buckets_name_is_taken(name: str) -> None:
    assert BUCKET.validate_python(name) == name


@pytest.mark.parametrize("name", ["", "ab", "-abc", "abc-", "Abc", "a.b.c", "a_b", "a" * 64, "a/b"])
def test_what_is_no_buckets_name_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        BUCKET.validate_python(name)


@pytest.mark.parametrize("prefix", ["", "databases/", "teams/db-1/_x.y=z/"])
def test_a_prefix_of_keys_is_taken(prefix: str) -> None:
    assert PREFIX.validate_python(prefix) == prefix


@pytest.mark.parametrize("prefix", ["/", "a", "/a/", "a//", "a b/", "${x}/", "a/*/", "a/" * 11])
def test_what_is_no_prefix_of_keys_is_refused(prefix: str) -> None:
    with pytest.raises(ValidationError):
        PREFIX.validate_python(prefix)


@pytest.mark.parametrize(
    "name", ["1db", "Größe", "it's", 'a"b', "order db", "a/b", "${x}", "ü" * 31]
)
def test_a_database_that_exists_may_have_any_name_of_postgresqls(name: str) -> None:
    assert DATABASE.validate_python(name) == name


@pytest.mark.parametrize("name", ["1db", "a", "Shop_2", "9"])
def test_a_database_in_aurora_may_begin_with_a_digit(name: str) -> None:
    assert AURORA_DATABASE.validate_python(name) == name


@pytest.mark.parametrize("moment", ["2027-02-15T06:00:00+01:00", "2027-02-15T05:00:00Z"])
def test_a_moment_has_its_offset(moment: str) -> None:
    assert MOMENT.validate_python(moment) == moment


@pytest.mark.parametrize(
    "moment",
    ["2027-02-15T06:00:00", "2027-02-30T06:00:00Z", "2027-02-15", "20270215T060000Z", "soon", ""],
)
def test_what_is_no_moment_is_refused(moment: str) -> None:
    with pytest.raises(ValidationError):
        MOMENT.validate_python(moment)


@pytest.mark.parametrize("text", ['{"a":' * 1300, '{"a":' * 1300 + "1" + "}" * 1300])
def test_raw_settings_that_nest_too_deep_are_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        RAW_SETTINGS.validate_python(text)
