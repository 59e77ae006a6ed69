"""What follows from Aurora's version."""

from facts.aurora import ENGINE, MONITORING_POLICY, is_of, parameter_group_family, release


def test_the_engine_is_auroras_postgresql() -> None:
    assert ENGINE == "aurora-postgresql"


def test_enhanced_monitoring_has_a_policy_of_awss() -> None:
    assert MONITORING_POLICY == "AmazonRDSEnhancedMonitoringRole"


def test_the_release_is_the_first_number() -> None:
    assert release("15.8") == 15
    assert release("16.11") == 16


def test_a_release_alone_is_any_version_of_it() -> None:
    assert release("16") == 16
    assert is_of("16.4", "16")
    assert is_of("16.4", "16.4")
    assert not is_of("16.10", "16.1")
    assert not is_of("15.8", "16")


def test_the_family_follows_the_release() -> None:
    assert parameter_group_family("17.4") == "aurora-postgresql17"
