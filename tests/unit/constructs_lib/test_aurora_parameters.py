from constructs_lib.aurora.parameters import applied
from tests.unit.constructs_lib.examples import Parameter


def method(name: str, value: str = "x", *, release: int = 15) -> str:
    """The method that follows for a parameter that states none."""
    (only,) = applied({name: Parameter(value)}, release=release)
    return only.apply_method


def test_a_dynamic_parameter_is_applied_immediately() -> None:
    assert method("log_statement") == "immediate"


def test_a_static_parameter_waits_for_a_reboot() -> None:
    assert method("rds.logical_replication") == "pending-reboot"


def test_auroras_own_default_is_stated_as_rds_gives_it_back() -> None:
    assert method("autovacuum_naptime", "5") == "pending-reboot"
    assert method("autovacuum_naptime", "6") == "immediate"


def test_a_default_is_that_of_the_release() -> None:
    assert method("rds.force_ssl", "1", release=15) == "immediate"
    assert method("rds.force_ssl", "1", release=17) == "pending-reboot"
    assert method("rds.force_ssl", "0", release=17) == "immediate"


def test_a_stated_method_is_taken() -> None:
    given = {
        "log_statement": Parameter("ddl", "pending-reboot"),
        "brand_new": Parameter("on", "immediate"),
    }

    assert applied(given, release=15) == [
        ("brand_new", "on", "immediate"),
        ("log_statement", "ddl", "pending-reboot"),
    ]


def test_what_is_given_comes_before_the_projects_own_in_the_order_of_the_names() -> None:
    own = {"work_mem": "1", "autovacuum": "1", "log_statement": "all"}

    assert applied({"log_statement": Parameter("ddl")}, own=own, release=15) == [
        ("autovacuum", "1", "immediate"),
        ("log_statement", "ddl", "immediate"),
        ("work_mem", "1", "immediate"),
    ]
