"""`tuoyu up` started twice, with its port taken, killed, and left by a child."""

import http.client
import signal
import socket

import pytest

from installations import Installation, Running, free_port, is_alive, kill, processes, wait_for

pytestmark = [pytest.mark.fault, pytest.mark.xdist_group("installations")]


@pytest.fixture
def installation(shared_installation: Installation) -> Installation:
    """One installation for all of these: each leaves it stopped, and the first `up` makes its tables."""
    return shared_installation


def answers(port: int) -> bool:
    try:
        asking = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        asking.request("HEAD", "/", headers={"Host": "localhost"})
        return asking.getresponse().status < 500
    except OSError:
        return False


def family_of(running: Running) -> list[int]:
    """The processes below a `tuoyu up`, their children included."""
    listed = processes()
    family = [running.process.pid]
    for pid, parent, _ in sorted(listed):
        if parent in family:
            family.append(pid)
    return family[1:]


def test_the_worker_is_told_that_these_belong_together(request: pytest.FixtureRequest) -> None:
    """Where xdist does not see the group each worker gets some of it, and makes tables of its own (decision
    0058)."""
    if request.config.getoption("loadgroup", False):
        assert request.node.nodeid.endswith("@installations")


def test_up_serves_says_so_when_started_twice_and_stops_cleanly(installation: Installation) -> None:
    with installation.up(free_port()) as running:
        assert answers(running.port)
        again = installation.run("up", "--port", str(free_port()))
        assert again.returncode == 0
        assert f"already running at http://localhost:{running.port}" in again.stdout
        wait_for(lambda: running.children("tuoyu.project.worker"))
        _replaces_killed_workers_of_the_web_server(running)
        family = family_of(running)
        assert len(family) >= 3
        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(30) == 0
        assert running.said.rstrip().endswith("Stopped.")
        assert "Traceback" not in running.said
        assert not any(is_alive(pid) for pid in family)
    assert not installation.is_database_running()


def _replaces_killed_workers_of_the_web_server(running: Running) -> None:
    (web,) = running.children("tuoyu.project.web")
    serving = [pid for pid, parent, _ in processes() if parent == web]
    assert serving
    for pid in serving:
        kill(pid)
    wait_for(lambda: answers(running.port), lambda: running.said)
    assert running.process.poll() is None


def test_after_a_death_nothing_is_left_behind_and_the_next_start_works(installation: Installation) -> None:
    with installation.up(free_port()) as running:
        family = family_of(running)
        (web,) = running.children("tuoyu.project.web")
        kill(web)
        assert running.process.wait(60) == 1
        assert "The web server stopped (signal SIGKILL), so everything was stopped" in running.said
        wait_for(lambda: not any(is_alive(pid) for pid in family))
    assert not installation.is_database_running()
    with installation.up(running.port) as again:
        assert answers(again.port)
        wait_for(lambda: again.children("tuoyu.project.worker"))
        _dies_itself(again)
        # The server outlives its holder; what was committed is safe, and the next start takes it over.
        assert installation.is_database_running()
    with installation.up(running.port) as third:
        assert answers(third.port)
    assert not installation.is_database_running()


def _dies_itself(running: Running) -> None:
    """With it go its children."""
    family = family_of(running)
    kill(running.process.pid)
    running.process.wait(30)
    wait_for(lambda: not any(is_alive(pid) for pid in family))


def test_a_taken_port_is_one_sentence_and_starts_nothing(installation: Installation) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        refused = installation.run("up", "--port", str(port))
    assert refused.returncode == 1
    assert refused.stderr.strip() == (
        f"Port {port} on 127.0.0.1 cannot be used (Address already in use); choose another with --port."
    )
    assert not installation.is_database_running()
