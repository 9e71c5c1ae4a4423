using System.Collections.Frozen;
using System.Globalization;

namespace Prism.Tests.Faults;

/// <summary>What each fault of the table is on the wire.</summary>
internal static class FaultScripts
{
    private const int MaxAnswerBytes = 20_000;

    public static FrozenDictionary<string, FaultScript> All { get; } = new Dictionary<string, FaultScript>
    {
        ["connect refused"] = FaultScript.At(sockets => sockets.ClosedUrl),
        ["black hole"] = FaultScript.At(sockets => sockets.BlackHoleUrl, ("CONNECT_TIMEOUT", FaultCase.ShortTimeout)),
        ["TLS failure"] = FaultScript.At(sockets => sockets.UntrustedUrl),
        ["400"] = Status(400),
        ["401"] = Status(401),
        ["403"] = Status(403),
        ["404"] = Status(404),
        ["408"] = Status(408),
        ["413"] = Status(413),
        ["429"] = Status(429),
        ["500"] = Status(500),
        ["502"] = Status(502),
        ["503"] = Status(503),
        ["529"] = Status(529),
        ["redirect"] = FaultScript.Of(call => call.RedirectAsync()),
        ["slow headers"] = FaultScript.Silence(call => call.HangAsync()),
        ["silence after headers"] = FaultScript.Silence(call => call.BeginAsync("", hang: true)),
        ["slow body"] = FaultScript.Silence(call => call.BeginAsync(call.FirstHalf, hang: true)),
        ["half an event"] = FaultScript.Of(
            call => call.BeginAsync(call.Streamed ? call.Vendor.Beginning + call.Vendor.Second[..^20] : call.FirstHalf)),
        ["garbage event"] = FaultScript.Of(
            call => call.BeginAsync(call.Streamed ? call.Vendor.Beginning + call.Vendor.Event("{garbage") : "{garbage")),
        ["error event after 200"] = FaultScript.Of(
            call => call.BeginAsync(call.Streamed ? call.Vendor.Beginning + call.Error : call.Error)),
        ["error event first"] = FaultScript.Of(call => call.BeginAsync(call.Error)),
        ["huge event"] = FaultScript.Of(
            call => call.BeginAsync(call.Answer.Replace("world", new string('x', 2 * MaxAnswerBytes), StringComparison.Ordinal)),
            ("MAX_ANSWER_BYTES", MaxAnswerBytes.ToString(CultureInfo.InvariantCulture))),
        ["wrong content type"] = FaultScript.Of(call => call.HtmlAsync()),
        ["missing usage"] = FaultScript.Of(call => call.BeginAsync(call.Vendor.WithoutUsage(call.Streamed))),
        ["wrong usage"] = FaultScript.Of(call => call.BeginAsync(call.Vendor.WithImpossibleUsage(call.Streamed))),
        ["early close with a final event"] = FaultScript.Bytes(
            (vendor, streamed) => streamed ? Chunk(vendor, vendor.Whole) : Body(vendor.Answers.Text, missing: 0)),
        ["early close without a final event"] = FaultScript.Bytes(
            (vendor, streamed) => streamed ? Chunk(vendor, vendor.Beginning) : Body(vendor.Answers.Text, missing: 10)),
        ["early close before the first event"] = FaultScript.Bytes((vendor, _) => Chunk(vendor, "")),
    }.ToFrozenDictionary();

    private static FaultScript Status(int status) => FaultScript.Of(call => call.FailAsync(status));

    private static string Body(string text, int missing) => string.Create(
        CultureInfo.InvariantCulture,
        $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {text.Length}\r\n\r\n{text[..^missing]}");

    // Without the empty chunk that ends the body.
    private static string Chunk(FaultVendor vendor, string events) =>
        $"HTTP/1.1 200 OK\r\nContent-Type: {vendor.Answers.StreamType}\r\nTransfer-Encoding: chunked\r\n\r\n"
        + (events.Length == 0 ? "" : $"{events.Length:x}\r\n{events}\r\n");
}
