"""A host's own transport in Python: it carries what the library would, and its errors come out."""

import http.client
import unittest
import urllib.parse

import onlyleads as ol
from onlyleads.transport import COMPLETE, UNKNOWN, HttpCompletion
from test_verbs import ACCOUNT, API_KEY, MONDAY_US, SECRET, Case as Verbs


class HttpClient:
    """Carries requests one by one with the standard library."""

    max_concurrent = 4

    def __init__(self):
        self.requests, self.done = [], []
        self.fail, self.forget = None, False

    def submit(self, requests):
        if self.fail:
            raise self.fail
        for request in requests:
            self.requests.append(request)
            self.done.append(self.carry(request))

    def carry(self, request):
        url = urllib.parse.urlsplit(request.url)
        connection = http.client.HTTPConnection(url.netloc, timeout=request.timeout_s)
        connection.request(request.method, request.url[len(f"{url.scheme}://{url.netloc}"):],
                           request.body, dict(request.headers))
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        if self.forget and request.is_write:
            return HttpCompletion(request.id, UNKNOWN, error="forgot")
        return HttpCompletion(request.id, COMPLETE, answer.status, answer.getheaders(), body)

    def poll(self, max_wait_s):
        done, self.done = self.done, []
        return done

    def cancel(self, request_id):
        pass


class OwnTransport(Verbs):
    def setUp(self):
        super().setUp()
        self.engine.close()
        self.transport = HttpClient()
        self.engine = ol.open(self.folder / "own.db", clock=lambda: self.now_us,
                              transport=self.transport)
        self.addCleanup(self.engine.close)
        self.ws, self.sender = self.organization("Acme Ltd")
        self.people(*(f"{n},Test,{n} Ltd,Head of Sales,,https://www.linkedin.com/in/{n.lower()}"
                      "-test,GB\n" for n in ("Ann", "Bea")))

    def enroll_all(self):
        self.enroll(self.campaign(steps=[{"action": "invitation", "template": "Hi"}]),
                    "Ann", "Bea")

    def test_carries_every_request(self):
        self.enroll_all()
        report = self.engine.run()
        self.assertEqual(report.sent, 2)
        self.assertEqual(report.calls, len(self.transport.requests))
        self.assertEqual(sum(request.is_write for request in self.transport.requests), 2)
        self.assertEqual(len(self.sandbox.ledger()), 2)

    def test_secrets_and_texts_stay_out_of_the_repr(self):
        self.enroll_all()
        self.engine.run()
        for request in self.transport.requests:
            self.assertNotIn(API_KEY, repr(request))

    def test_its_exception_comes_out_and_nothing_was_sent(self):
        self.enroll_all()
        self.transport.fail = ZeroDivisionError("no network")
        with self.assertRaises(ZeroDivisionError):
            self.engine.run()
        self.assertEqual(self.sandbox.ledger(), [])

    def test_forgotten_answers_are_looked_up_and_never_repeated(self):
        self.enroll_all()
        self.transport.forget = True
        self.assertEqual(self.engine.run().unknown, 2)
        self.transport.forget = False
        for _ in range(20):
            self.advance(1_800_000_000)
            self.engine.run()
        self.assertEqual(sorted(m.state for m in self.ws.outbox.list()), ["sent", "sent"])
        self.assertEqual(len(self.sandbox.ledger()), 2)

    def test_a_completion_of_the_wrong_shape_is_an_error_that_names_it(self):
        self.enroll_all()
        self.transport.poll = lambda max_wait_s: [HttpCompletion(1, "maybe")]
        with self.assertRaises(ValueError) as caught:
            self.engine.run()
        self.assertIn("fate", str(caught.exception))


del Verbs

if __name__ == "__main__":
    unittest.main()
