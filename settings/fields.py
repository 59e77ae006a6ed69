"""The types of single settings: what each allows, an example, and its rule where it has one.

A type carries `Allowed` (the words of its error line), `examples` (what the line tells to write
instead) and a pattern or a validator. Rules that look at more than one setting are in
`settings.rules`.
"""

import difflib
import ipaddress
import re
from typing import Annotated, Final

from pydantic import AfterValidator, Field

from facts.aurora import is_reserved_database
from facts.placement import PARTITIONS, REGIONS, partition_of
from facts.subnets import LARGEST_VPC, SMALLEST_SUBNET, SMALLEST_VPC
from settings.notation import either
from settings.section import Allowed, refuse

Port = Annotated[int, Field(ge=1, le=65535, examples=[5432])]
"""A TCP port."""

AccountId = Annotated[
    str, Field(pattern=r"^[0-9]{12}$", examples=["111122223333"]), Allowed("twelve digits")
]
"""An AWS account's id."""

_REGION: Final = r"[a-z]{2,4}(-[a-z]+){1,3}-[0-9]"


def _region(value: str) -> str:
    """Refuse a region of which nobody here knows how its ARNs and domains are written."""
    if not re.fullmatch(_REGION, value):
        alike = difflib.get_close_matches(value.lower(), REGIONS, 1, _LIKENESS_OF_REGIONS)
        refuse(_REGION_IN_WORDS, instead=alike[0] if alike else None)
    try:
        partition_of(value)
    except ValueError:
        refuse(f"a region of the partitions {either(partition.name for partition in PARTITIONS)}")
    return value


_LIKENESS_OF_REGIONS: Final = 0.8
_REGION_IN_WORDS: Final = "an AWS region's code"
Region = Annotated[
    str,
    Field(examples=["eu-central-1"], json_schema_extra={"pattern": f"^{_REGION}$"}),
    AfterValidator(_region),
    Allowed(_REGION_IN_WORDS),
]
"""An AWS region's code, such as `eu-central-1`."""

AvailabilityZone = Annotated[
    str,
    Field(pattern=f"^{_REGION}[a-z]$", examples=["eu-central-1a"]),
    Allowed("an Availability Zone's name, not a Local Zone's"),
]
"""An Availability Zone's name, such as `eu-central-1a`; Local Zones do not carry Aurora."""


def _id_form(prefix: str) -> object:
    """What an EC2 resource's id looks like: eight or seventeen hexadecimal digits."""
    return Field(
        pattern=rf"^{prefix}-([0-9a-f]{{8}}|[0-9a-f]{{17}})$",
        examples=[f"{prefix}-0123456789abcdef0"],
    )


def _id_in_words(prefix: str) -> Allowed:
    return Allowed(f"{prefix}- and 8 or 17 hexadecimal digits")


VpcId = Annotated[str, _id_form("vpc"), _id_in_words("vpc")]
SubnetId = Annotated[str, _id_form("subnet"), _id_in_words("subnet")]
RouteTableId = Annotated[str, _id_form("rtb"), _id_in_words("rtb")]
TransitGatewayId = Annotated[str, _id_form("tgw"), _id_in_words("tgw")]
VirtualPrivateGatewayId = Annotated[str, _id_form("vgw"), _id_in_words("vgw")]
SecurityGroupId = Annotated[str, _id_form("sg"), _id_in_words("sg")]


def _network(value: str) -> str:
    """Refuse what is no IPv4 network in CIDR notation, host bits included (RFC 4632)."""
    address, slash, length = value.partition("/")
    try:
        interface = ipaddress.IPv4Interface(value)
    except ValueError:
        refuse("an IPv4 network such as 10.20.0.0/16")
    if not slash:
        refuse("an IPv4 network with its prefix length", instead=f"{address}/32")
    network = interface.network
    if length != str(network.prefixlen):  # Python takes 255.255.0.0 and 016 too, AWS does not
        refuse("an IPv4 network with its prefix length, such as /16", instead=str(network))
    if interface.ip != network.network_address:
        refuse("the network's own address, not a host's", instead=str(network))
    return value


Cidr = Annotated[
    str,
    AfterValidator(_network),
    Field(examples=["192.168.0.0/16"]),
    Allowed("an IPv4 network such as 10.20.0.0/16"),
]
"""An IPv4 network in CIDR notation, without host bits."""

_WIDEST_CLIENTS: Final = 8


def _clients(value: str) -> str:
    """Refuse what is wider than the widest private range: two halves of the internet are it, too."""
    if ipaddress.IPv4Network(_network(value)).prefixlen < _WIDEST_CLIENTS:
        refuse("a network of /8 or smaller, of your own: not the internet")
    return value


ClientCidr = Annotated[
    str,
    AfterValidator(_clients),
    Field(examples=["10.40.0.0/16"]),
    Allowed("an IPv4 network of /8 or smaller, such as 10.40.0.0/16"),
]
"""A network whose hosts may connect to the database."""

_PRIVATE: Final = tuple(
    ipaddress.IPv4Network(block)
    for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
)
_VPC_IN_WORDS: Final = f"/{LARGEST_VPC} to /{SMALLEST_VPC} inside a private range"

_TOO_SMALL: Final = f"{_VPC_IN_WORDS}: Aurora needs subnets in two zones, and AWS's smallest is a /{SMALLEST_SUBNET}"


def _vpc_network(value: str) -> str:
    """Refuse networks that are public, or too large or too small for this project's VPC.

    AWS allows /16 to /28; /27 is the smallest that holds subnets in two zones.
    Private ranges: RFC 1918, and RFC 6598 as AWS's "VPC CIDR blocks" allows.
    """
    network = ipaddress.IPv4Network(_network(value))
    if not any(network.subnet_of(block) for block in _PRIVATE):
        refuse(f"{_VPC_IN_WORDS} ({', '.join(map(str, _PRIVATE))})")
    if not LARGEST_VPC <= network.prefixlen <= SMALLEST_VPC:
        nearest = max(LARGEST_VPC, min(SMALLEST_VPC, network.prefixlen))
        instead = ipaddress.IPv4Network((network.network_address, nearest), strict=False)
        refuse(_VPC_IN_WORDS if nearest == LARGEST_VPC else _TOO_SMALL, instead=str(instead))
    return value


VpcCidr = Annotated[
    str,
    AfterValidator(_vpc_network),
    Field(examples=["10.20.0.0/16"]),
    Allowed(f"an IPv4 network, {_VPC_IN_WORDS}"),
]
"""A VPC's network, inside a private range."""

_LABEL: Final = r"[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_HOST_LABEL: Final = r"[a-zA-Z0-9_]([a-zA-Z0-9_-]{0,61}[a-zA-Z0-9_])?"


_NUMBER_LAST: Final = re.compile(r"(.*\.)?([0-9]+|0[xX][0-9a-fA-F]*)\.?")


def _host(value: str) -> str:
    """Refuse numbers that are no address, and addresses at which no other machine is.

    What ends in a number is an address: some programs read 010.1.1.1 as 8.1.1.1, and 0x7f.1 as
    127.0.0.1. Sources: RFC 6943, section 3.1.1; https://url.spec.whatwg.org/#ends-in-a-number-checker;
    RFC 6890, tables 1 to 16.
    """
    if _NUMBER_LAST.fullmatch(value):
        try:
            address = ipaddress.IPv4Address(value)
        except ValueError:
            refuse(
                "a host name, or an IPv4 address of four numbers from 0 to 255 without zeros before "
                "them"
            )
        nowhere = address.is_loopback or address.is_multicast or address.is_reserved
        if nowhere or address.is_link_local or address in _THIS_NETWORK:
            refuse(_REACHABLE)
    if value.lower().rstrip(".") in ("localhost", "localhost.localdomain"):
        refuse(_REACHABLE)
    return value


_THIS_NETWORK: Final = ipaddress.IPv4Network("0.0.0.0/8")
_REACHABLE: Final = "a host that DMS reaches: not its own machine, and no address of a special use"


Host = Annotated[
    str,
    Field(
        pattern=rf"^{_HOST_LABEL}(\.{_HOST_LABEL})*\.?$",
        max_length=253,
        examples=["postgres.example.org"],
    ),
    AfterValidator(_host),
    Allowed("a host name or an IPv4 address, without scheme, user or port"),
]
"""A DNS name (RFC 1123, and underscores, which DNS takes) or an IPv4 address."""


def _plain_name(value: str) -> str:
    """Refuse what PostgreSQL would fold, quote or cut, and what it keeps for itself."""
    if value.startswith("pg_") or not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", value):
        refuse(_PLAIN_NAME_IN_WORDS)
    return value


_PLAIN_NAME_IN_WORDS: Final = (
    "lower-case letters, digits and _, 63 at most, neither a digit nor pg_ first"
)
PlainName = Annotated[
    str,
    AfterValidator(_plain_name),
    Field(examples=["public"]),
    Allowed(_PLAIN_NAME_IN_WORDS),
]
"""A PostgreSQL name that needs no quotes (chapters 4.1.1 and 5.10.5)."""


def _database(name: str) -> str:
    """Refuse what PostgreSQL makes no database of: it counts bytes, and cuts what is longer."""
    if len(name.encode("utf-8", "surrogatepass")) > _LONGEST_NAME:
        refuse(_DATABASE_IN_WORDS)
    return name


_LONGEST_NAME: Final = 63
_DATABASE_IN_WORDS: Final = f"a name of {_LONGEST_NAME} bytes at most, in one line"
DatabaseName = Annotated[
    str,
    Field(pattern=r"^[^\x00-\x1f\x7f]+$", examples=["app"]),
    AfterValidator(_database),
    Allowed(_DATABASE_IN_WORDS),
]
"""The name of a database that exists, with blanks, quotes and umlauts (PostgreSQL, chapter 4.1.1)."""


def _aurora_database(name: str) -> str:
    """Refuse what RDS makes no database of.

    Source: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html
    """
    if is_reserved_database(name) or not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_]{0,62}", name):
        refuse(_AURORA_DATABASE_IN_WORDS)
    return name


_AURORA_DATABASE_IN_WORDS: Final = (
    "a letter or digit, then letters, digits or _, 63 at most, not a reserved name"
)
AuroraDatabaseName = Annotated[
    str,
    AfterValidator(_aurora_database),
    Field(examples=["app"]),
    Allowed(_AURORA_DATABASE_IN_WORDS),
]
"""The name of a database in Aurora."""

ColumnName = Annotated[
    str,
    Field(pattern=r"^[^\x00-\x1f%]{1,63}$", examples=["id"]),
    Allowed("a column's name without %, 63 at most"),
]
"""A column's name."""

TableName = Annotated[
    str,
    Field(pattern=r"^[^\x00-\x1f]{1,127}$", examples=["orders"]),
    Allowed("a name of up to 127 characters, in which % stands for any, _ for any one"),
]
"""A name in a DMS selection or transformation rule; `%` stands for any characters, `_` for one."""

SecretArn = Annotated[
    str,
    Field(
        pattern=(
            r"^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:"
            r"[A-Za-z0-9/_+=.@-]+-[A-Za-z0-9]{6}$"
        ),
        examples=["arn:aws:secretsmanager:eu-central-1:111122223333:secret:source-AbCdEf"],
    ),
    Allowed("a secret's full ARN, with the six characters that Secrets Manager adds"),
]
"""A Secrets Manager secret's full ARN."""

KmsKeyArn = Annotated[
    str,
    Field(
        pattern=r"^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$",
        examples=["arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"],
    ),
    Allowed("a KMS key's ARN, not an alias"),
]
"""A KMS key's ARN."""


BucketName = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9]([a-z0-9-]{1,61})[a-z0-9]$",
        examples=["platform-terraform-states"],
    ),
    Allowed("3 to 63 lower-case letters, digits and hyphens, neither first nor last a hyphen"),
]
"""An S3 bucket's name; without dots, over which TLS stumbles:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html"""


def _key_prefix(value: str) -> str:
    """Refuse what programs read as steps in folders.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
    """
    if not _is_prefix(value):
        meant = f"{value.strip('/')}/"
        refuse(_PREFIX_IN_WORDS, instead=meant if _is_prefix(meant) else None)
    return value


def _is_prefix(value: str) -> bool:
    return len(value) <= _LONGEST_PREFIX and bool(
        re.fullmatch(r"((?!\.{1,2}/)[A-Za-z0-9_.=-]+/){0,10}", value)
    )


_LONGEST_PREFIX: Final = 200
_PREFIX_IN_WORDS: Final = (
    "words of letters, digits and _.=-, each with a slash behind, such as databases/, none of them . "
    "or .."
)
KeyPrefix = Annotated[
    str,
    AfterValidator(_key_prefix),
    Field(examples=["databases/"]),
    Allowed(_PREFIX_IN_WORDS),
]
"""What the keys of objects begin with."""

RoleArn = Annotated[
    str,
    Field(
        pattern=r"^arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]{1,576}$",
        examples=["arn:aws:iam::111122223333:role/deployer"],
    ),
    Allowed("an IAM role's ARN"),
]
"""An IAM role's ARN, its path included."""

ExternalId = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9_+=,.@:/-]{2,1224}$", examples=["aurora-ferry"]),
    Allowed("2 to 1224 letters, digits and any of _+=,.@:/-"),
]
"""What a role's trust may ask for: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html"""

SessionName = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9_+=,.@-]{2,64}$", examples=["aurora-ferry"]),
    Allowed("2 to 64 letters, digits and any of _+=,.@-"),
]
"""What a session of a role is called in CloudTrail."""


def _role_path(value: str) -> str:
    """Refuse what IAM refuses, and the paths that are AWS's own.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
    """
    if not _is_path(value):
        meant = f"/{value.strip('/')}/"
        refuse(_PATH_IN_WORDS, instead=meant if _is_path(meant) else None)
    if value.startswith(("/aws-service-role/", "/aws-reserved/")):
        refuse("a path that is not AWS's own")
    return value


def _is_path(value: str) -> bool:
    return len(value) <= _LONGEST_PATH and bool(re.fullmatch(r"/([A-Za-z0-9_+=,.@-]+/)*", value))


_LONGEST_PATH: Final = 512
_PATH_IN_WORDS: Final = "slashes around words of letters, digits and _+=,.@-, such as /databases/"
RolePath = Annotated[
    str,
    AfterValidator(_role_path),
    Field(examples=["/databases/"]),
    Allowed(_PATH_IN_WORDS),
]
"""The IAM path of a role."""

_SECRET_ATTRIBUTE: Final = re.compile(
    r"passw|secret|token|credential|accesskey|privatekey", re.IGNORECASE
)
_ATTRIBUTE_IN_WORDS: Final = "an attribute's name in letters and digits, 60 at most"


def names_a_secret(name: str) -> bool:
    """Whether what DMS calls so holds a secret: it would stand in the file, the plan and the state."""
    return bool(_SECRET_ATTRIBUTE.search(name))


def _attribute(name: str) -> str:
    """Refuse what holds a secret."""
    if names_a_secret(name):
        refuse("an attribute that holds no secret: DMS reads its credentials from Secrets Manager")
    return name


AttributeName = Annotated[
    str,
    Field(pattern=r"^[A-Za-z][A-Za-z0-9]{0,59}$", examples=["trimSpaceInChar"]),
    AfterValidator(_attribute),
    Allowed(_ATTRIBUTE_IN_WORDS),
]
"""The name of an endpoint's extra connection attribute."""

AttributeValue = Annotated[
    str,
    Field(pattern=r"^[^\x00-\x1f;]{1,1000}$", examples=["false"]),
    Allowed(
        "a value in one line without semicolons, which part attributes, 1000 characters at most"
    ),
]
"""Its value."""

TopicArn = Annotated[
    str,
    Field(
        pattern=r"^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}$",
        examples=["arn:aws:sns:eu-central-1:111122223333:on-call"],
    ),
    Allowed("an SNS topic's ARN, not a FIFO topic's"),
]
"""An SNS topic's ARN; RDS tells no FIFO topic."""

PolicyArn = Annotated[
    str,
    Field(
        pattern=r"^arn:aws[a-z-]*:iam::[0-9]{12}:policy/[A-Za-z0-9_+=,.@/-]{1,512}$",
        examples=["arn:aws:iam::111122223333:policy/aurora-ferry-boundary"],
    ),
    Allowed("the ARN of a managed policy of the account's own"),
]
"""The ARN of an IAM policy that the account has made."""

# RFC 5321 is wider: quoted local parts and address literals are left out, as nobody types them.
_ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_DOMAIN: Final = rf"({_LABEL}\.)+[A-Za-z]([A-Za-z0-9-]{{0,61}}[A-Za-z0-9])?"

Domain = Annotated[
    str,
    Field(
        pattern=rf"^({_HOST_LABEL}\.)+{_HOST_LABEL}\.?$",
        max_length=253,
        examples=["db.shop.example.com"],
    ),
    Allowed("a record's whole name, such as db.shop.example.com"),
]
"""The name of a DNS record, its zone included."""

WebHost = Annotated[
    str,
    Field(
        pattern=r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$",
        max_length=253,
        examples=["events.pagerduty.com"],
    ),
    Allowed(
        "a host's name in lower case, such as events.pagerduty.com, and nothing else of the URL"
    ),
]
"""The host of a web page, without scheme, port and path: the rest of such a URL is a secret."""


def _email(value: str) -> str:
    """Refuse what SNS could not send to: by form only, no mailbox is asked."""
    local, _, _ = value.rpartition("@")
    too_long = len(value) > 254 or len(local) > 64  # noqa: PLR2004 -- RFC 5321, section 4.5.3.1
    if too_long or not re.fullmatch(rf"{_ATOM}(\.{_ATOM})*@{_DOMAIN}", value):
        refuse("an e-mail address such as dba@example.org")
    return value


Email = Annotated[
    str,
    AfterValidator(_email),
    Field(examples=["dba@example.org"]),
    Allowed("an e-mail address such as dba@example.org"),
]
"""An e-mail address: a dot-atom, an @ and a domain with at least two labels (RFC 5321)."""
