"""The versions of Aurora PostgreSQL on offer, what each can be upgraded to, on which classes it runs.

An extract, not the region's own list. 15.8 is in it because this project's environments may pin
it, though AWS has begun to refuse new clusters of it.
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraPostgreSQLReleaseNotes/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local_aws.answers import Answer, AwsError, ResponseMixin

if TYPE_CHECKING:
    from collections.abc import Mapping

ENGINE = "aurora-postgresql"
_MINORS = {
    15: (8, 10, 12, 13, 14, 15, 17),
    16: (4, 6, 8, 9, 10, 11, 13),
    17: (4, 5, 6, 7, 9),
}
VERSIONS = tuple(f"{major}.{minor}" for major, minors in _MINORS.items() for minor in minors)
DEFAULT_VERSION = "16.8"
# PostgreSQL numbers the releases of one day with minors that differ by so much between majors.
_MINORS_BEHIND_15 = {15: 0, 16: 4, 17: 8}
INSTANCE_CLASSES = (
    "db.serverless",
    "db.t4g.medium",
    "db.t4g.large",
    *(
        f"db.{family}.{size}"
        for family in ("r6g", "r6i", "r7g", "r7i", "r8g")
        for size in ("large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge")
    ),
)
CA_CERTIFICATES = ("rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1")


def family(version: str) -> str:
    """The parameter group family of a version, such as `aurora-postgresql15`."""
    return f"{ENGINE}{version.partition('.')[0]}"


def latest_of(version: str) -> str:
    """A version, or the latest of a release that is given alone, such as `16`."""
    minors = _MINORS.get(int(version)) if version.isdigit() else None
    return f"{version}.{minors[-1]}" if minors else version


def require_offered(engine: str, version: str) -> None:
    """Refuse a version that is not on offer.

    Raises:
        AwsError: InvalidParameterCombination.
    """
    if engine == ENGINE and version not in VERSIONS:
        raise AwsError("InvalidParameterCombination", f"Cannot find version {version} for {engine}")


def require_upgrade(current: str, wanted: str, *, major_allowed: bool) -> None:
    """Refuse an upgrade that RDS does not make.

    Raises:
        AwsError: InvalidParameterCombination.
    """
    if wanted == current:
        return
    require_offered(ENGINE, wanted)
    if wanted not in upgrade_targets(current):
        raise AwsError(
            "InvalidParameterCombination",
            f"Cannot upgrade {ENGINE} from {current} to {wanted}",
        )
    if family(wanted) != family(current) and not major_allowed:
        raise AwsError(
            "InvalidParameterCombination",
            "The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version.",
        )


def upgrade_targets(version: str) -> list[str]:
    """The later versions that were released on the same day or after."""
    return [
        other
        for other in VERSIONS
        if other != version and _major(other) >= _major(version) and _day(other) >= _day(version)
    ]


def _major(version: str) -> int:
    return int(version.partition(".")[0])


def _day(version: str) -> int:
    return int(version.partition(".")[2]) + _MINORS_BEHIND_15[_major(version)]


class Versions(ResponseMixin):
    """The calls that tell what is on offer."""

    region: str

    def describe_db_engine_versions(self) -> Answer:
        """DescribeDBEngineVersions."""
        parameters = self.parameters()
        return _page(
            "DBEngineVersions",
            [
                _engine_version(version)
                for version in VERSIONS
                if parameters.get("Engine") in (None, ENGINE)
                and parameters.get("EngineVersion") in (None, version, str(_major(version)))
                and parameters.get("DBParameterGroupFamily") in (None, family(version))
                and (version == DEFAULT_VERSION or not parameters.get("DefaultOnly"))
            ],
            parameters,
        )

    def describe_orderable_db_instance_options(self) -> Answer:
        """DescribeOrderableDBInstanceOptions."""
        parameters = self.parameters()
        return _page(
            "OrderableDBInstanceOptions",
            [
                _option(version, instance_class, self.region)
                for version in VERSIONS
                for instance_class in INSTANCE_CLASSES
                if parameters.get("Engine") in (None, ENGINE)
                and parameters.get("EngineVersion") in (None, version)
                and parameters.get("DBInstanceClass") in (None, instance_class)
            ],
            parameters,
        )


def _engine_version(version: str) -> dict[str, Any]:
    return {
        "Engine": ENGINE,
        "MajorEngineVersion": str(_major(version)),
        "EngineVersion": version,
        "DBParameterGroupFamily": family(version),
        "DBEngineDescription": "Aurora PostgreSQL",
        "DBEngineVersionDescription": f"Aurora PostgreSQL (Compatible with PostgreSQL {version})",
        "ValidUpgradeTarget": [
            {
                "Engine": ENGINE,
                "EngineVersion": target,
                "Description": f"Aurora PostgreSQL (Compatible with PostgreSQL {target})",
                "AutoUpgrade": False,
                "IsMajorVersionUpgrade": _major(target) != _major(version),
            }
            for target in upgrade_targets(version)
        ],
        "ExportableLogTypes": ["postgresql"],
        "SupportsLogExportsToCloudwatchLogs": True,
        "SupportsReadReplica": False,
        "SupportedEngineModes": ["provisioned"],
        "SupportedFeatureNames": [],
        "SupportedCACertificateIdentifiers": list(CA_CERTIFICATES),
        "SupportsCertificateRotationWithoutRestart": True,
        "SupportsGlobalDatabases": True,
        "SupportsParallelQuery": False,
        "ServerlessV2FeaturesSupport": {"MinCapacity": 0.0, "MaxCapacity": 256.0},
        "Status": "available",
    }


def _option(version: str, instance_class: str, region: str) -> dict[str, Any]:
    return {
        "Engine": ENGINE,
        "EngineVersion": version,
        "DBInstanceClass": instance_class,
        "LicenseModel": "postgresql-license",
        "AvailabilityZones": [{"Name": f"{region}{zone}"} for zone in "abc"],
        "MultiAZCapable": False,
        "ReadReplicaCapable": False,
        "Vpc": True,
        "SupportsStorageEncryption": True,
        "StorageType": "aurora",
        "SupportsIops": False,
        "SupportsEnhancedMonitoring": True,
        "SupportsIAMDatabaseAuthentication": True,
        "SupportsPerformanceInsights": True,
        "SupportsStorageAutoscaling": False,
        "SupportedEngineModes": ["provisioned"],
        "SupportedNetworkTypes": ["IPV4", "DUAL"],
        "SupportsClusters": False,
        "SupportsGlobalDatabases": True,
    }


def _page(key: str, items: list[dict[str, Any]], parameters: Mapping[str, Any]) -> Answer:
    start = int(parameters.get("Marker") or 0)
    end = start + int(parameters.get("MaxRecords") or 100)
    return Answer({key: items[start:end], "Marker": str(end) if end < len(items) else None})
