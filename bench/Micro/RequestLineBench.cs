using System.Diagnostics;
using BenchmarkDotNet.Attributes;
using Prism.Gateway.Logging;
using Prism.Silo.Logging;
using Serilog.Events;

namespace Prism.Bench;

/// <summary>The log line of a request, and the search for secrets in a batch of such lines.</summary>
public class RequestLineBench
{
    private const int Batch = 64;

    private static readonly RequestLog Log = new()
    {
        Caller = "key_7f3a91c2",
        Provider = "openai",
        Model = "gpt-4o-mini-2024-07-18",
        Cache = "miss",
        Attempts = 1,
        FirstTokenMs = 1.2345,
        PromptTokens = 24,
        CompletionTokens = 25,
        CostUsd = 0.0000186m,
    };

    private readonly SecretMask _mask = new(["sk-proj-0123456789abcdef", "sk-prism-0123456789", "redis-password"]);
    private readonly Activity _activity = new Activity("request").Start();
    private byte[] _lines = [];

    [GlobalSetup]
    public void Start()
    {
        var line = LineWriter.Rent();
        for (var i = 0; i < Batch; i++)
        {
            NewLine().Write(line, LogFormat.Json);
        }

        _lines = line.Written.ToArray();
    }

    [Benchmark(Description = "write the log line of a request")]
    public int Write()
    {
        var line = LineWriter.Rent();
        NewLine().Write(line, LogFormat.Json);
        line.Return();
        return line.Length;
    }

    [Benchmark(Description = "search a line of a batch for secrets", OperationsPerInvoke = Batch)]
    public int Mask() => _mask.Apply(_lines).Length;

    private RequestLine NewLine() => new()
    {
        EndedAt = DateTimeOffset.UnixEpoch,
        Level = LogEventLevel.Information,
        Method = "POST",
        Path = "/v1/chat/completions",
        StatusCode = 200,
        ElapsedMs = 2.3456,
        RequestId = "0HN7A1B2C3D4E:00000001",
        Log = Log,
        Exception = null,
        Activity = _activity,
    };
}
