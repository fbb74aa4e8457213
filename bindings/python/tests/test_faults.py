"""Which exception means which fault."""
import asyncio
import email.message
import errno
import io
import socket
import unittest
import urllib.error

import seawall
from seawall import Fault, Faults, Verdict


def http_error(status, **headers):
    message = email.message.Message()
    for key, value in headers.items():
        message[key.replace('_', '-')] = value
    return urllib.error.HTTPError('http://x', status, 'no', message, io.BytesIO())


class Response:
    def __init__(self, status_code, headers=None):
        self.status_code, self.headers = status_code, headers or {}


class ClientError(Exception):
    """As requests and httpx have them."""

    def __init__(self, response):
        super().__init__('no')
        self.response = response


ROWS = [
    (ConnectionRefusedError(errno.ECONNREFUSED, 'no'), Fault.SERVICE_UNAVAILABLE, errno.ECONNREFUSED),
    (ConnectionResetError(), Fault.SERVICE_UNAVAILABLE, 0),
    (BrokenPipeError(errno.EPIPE, 'no'), Fault.SERVICE_UNAVAILABLE, errno.EPIPE),
    (TimeoutError(), Fault.TIMEOUT, 0),
    (socket.timeout('timed out'), Fault.TIMEOUT, 0),
    (TimeoutError(errno.ETIMEDOUT, 'no'), Fault.TIMEOUT, errno.ETIMEDOUT),
    (asyncio.TimeoutError(), Fault.TIMEOUT, 0),
    (PermissionError(errno.EACCES, 'no'), Fault.AUTHORIZATION_DENIED, errno.EACCES),
    (FileNotFoundError(errno.ENOENT, 'no'), Fault.NOT_FOUND, errno.ENOENT),
    (OSError(errno.EMFILE, 'no'), Fault.LOCAL_RESOURCES, errno.EMFILE),
    (OSError('no number'), Fault.OTHER, 0),
    (socket.gaierror(socket.EAI_AGAIN, 'no'), Fault.SERVICE_UNAVAILABLE, socket.EAI_AGAIN),
    (MemoryError(), Fault.LOCAL_RESOURCES, 0),
    (http_error(503), Fault.SERVICE_UNAVAILABLE, 503),
    (http_error(404), Fault.NOT_FOUND, 404),
    (ValueError(), Fault.OTHER, 0),
    (seawall.OpenError(), Fault.IGNORED, 0),
    (seawall.TimedOutError(), Fault.TIMEOUT, 0),
    (seawall.CancelledError(), Fault.IGNORED, 0),
    (KeyboardInterrupt(), Fault.IGNORED, 0),
]


class Rules(unittest.TestCase):
    def test_the_standard_library(self):
        for error, fault, code in ROWS:
            with self.subTest(repr(error)):
                verdict = Faults().judge(error)
                self.assertEqual((verdict.fault, verdict.code), (fault, code))

    def test_a_servers_own_delay(self):
        self.assertEqual(Faults().judge(http_error(429, Retry_After='7')).retry_after, 7)
        self.assertIsNone(Faults().judge(http_error(429, Retry_After='soon')).retry_after)
        self.assertEqual(seawall.retry_after('Sun, 06 Nov 1994 08:49:37 GMT'), 0)
        self.assertIsNone(seawall.retry_after(None))

    def test_the_nearest_class_decides(self):
        class Mine(ConnectionError):
            pass

        class Nearer(Mine):
            pass
        faults = Faults({Mine: Fault.CONFLICT})
        self.assertEqual(faults.judge(Nearer()).fault, Fault.CONFLICT)
        self.assertEqual(faults.judge(ConnectionResetError()).fault, Fault.SERVICE_UNAVAILABLE)

    def test_functions(self):
        faults = Faults({KeyError: lambda error: Verdict(Fault.INTERNAL, 5, 2.5) if error.args else None, LookupError: Fault.NOT_FOUND,
                         ClientError: seawall.http_response})
        self.assertEqual(faults.judge(KeyError('x')).code, 5)
        self.assertEqual(faults.judge(KeyError()).fault, Fault.NOT_FOUND)
        verdict = faults.judge(ClientError(Response(429, {'Retry-After': '3'})))
        self.assertEqual((verdict.fault, verdict.code, verdict.retry_after), (Fault.RATE_LIMIT_EXCEEDED, 429, 3))
        self.assertEqual(faults.judge(ClientError(None)).fault, Fault.OTHER)

    def test_a_pipelines_own(self):
        clock = seawall.ManualClock()
        chain = seawall.Pipeline(seawall.Retry(platform=clock), faults={KeyError: Fault.SERVICE_UNAVAILABLE})
        outcome = chain.outcome({}.__getitem__, 'x')
        self.assertEqual((outcome.report.attempts, outcome.report.fault), (3, Fault.SERVICE_UNAVAILABLE))

    def test_what_an_exception_has_in_place_of_a_code(self):
        def raising(error):
            def operation():
                raise error
            return operation

        class Refused(Exception):
            response = Response(10**12)
        headers = {'Retry-After': 7}
        rows = [OSError('no', 'luck'), OSError(10**30, 'no'), ConnectionError('no', 'luck'), TimeoutError('no', 'luck'),
                socket.gaierror('no', 'luck'), urllib.error.HTTPError('u', 10**12, 'no', None, None), seawall.FailedError('no'),
                urllib.error.HTTPError('u', 503, 'no', headers, None), Refused()]
        chain = seawall.Pipeline(seawall.Retry(max_attempts=1), faults={Refused: seawall.http_response})
        for error in rows:
            with self.subTest(error):
                self.assertIs(chain.outcome(raising(error)).error, error)
        self.assertEqual(Faults().judge(rows[2]).fault, Fault.SERVICE_UNAVAILABLE)
        self.assertEqual(Faults().judge(rows[3]).fault, Fault.TIMEOUT)
        self.assertEqual(Faults().judge(rows[7]).retry_after, 7)

    def test_it_is_a_mapping(self):
        self.assertEqual(Faults({KeyError: Fault.CONFLICT})[KeyError], Fault.CONFLICT)
        self.assertEqual(len(Faults()), len(list(Faults())))
        with self.assertRaises(TypeError):
            Faults({'KeyError': Fault.CONFLICT})

    def test_a_refusal_inside_is_nobodys_fault(self):
        inner = seawall.CircuitBreaker()
        inner.force_open()
        outer = seawall.CircuitBreaker(failure_threshold=1)
        with self.assertRaises(seawall.OpenError):
            seawall.Pipeline(outer).call(seawall.Pipeline(inner).call, int)
        self.assertEqual((outer.state, outer.snapshot().ignored), ('closed', 1))


class Kinds(unittest.TestCase):
    def test_names(self):
        for fault in Fault:
            if fault > Fault.IGNORED:
                self.assertIs(Fault.named(str(fault)), fault)
                self.assertEqual(str(fault), fault.name.lower())
        self.assertRaises(ValueError, Fault.named, 'nonsense')

    def test_all_are_there(self):
        from seawall._library import lib
        self.assertEqual(len(Fault), lib.SEAWALL_FAULT_COUNT)

    def test_grpc(self):
        class Code:
            value = (14, 'unavailable')

        class RpcError(Exception):
            def code(self):
                return Code
        self.assertEqual(Faults({RpcError: seawall.grpc_status}).judge(RpcError()).fault, Fault.SERVICE_UNAVAILABLE)
