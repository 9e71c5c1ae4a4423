using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Prism.Formats.OpenAi.Chat;
using Prism.Gateway.Sse;
using Prism.Grains.Interfaces.Chat;
using Prism.Pipeline;
using Prism.Providers;
using Prometheus;

namespace Prism.Bench;

/// <summary>Writing a piece of a stream, to a connection that takes everything at once.</summary>
public class SseBench
{
    private static readonly ChatChunk Chunk = new()
    {
        Id = "chatcmpl-bench",
        Created = 1_750_000_000,
        Model = "gpt-4o-mini",
        Choices = [new() { Delta = new() { Content = " token" } }],
    };

    private SseStream _stream = null!;

    [GlobalSetup]
    public void Start()
    {
        var context = new DefaultHttpContext();
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null));
        var streams = new SseStreams(
            new ServiceCollection().AddPrismProviders().AddPrismSnapshots().BuildServiceProvider().GetRequiredService<ISnapshotSource>(),
            new(Metrics.WithCustomRegistry(Metrics.NewCustomRegistry()), new(1 << 30)),
            TimeProvider.System,
            NullLogger<SseStreams>.Instance);
        _stream = streams.Open(context);
    }

    [GlobalCleanup]
    public async Task StopAsync() => await _stream.DisposeAsync();

    [Benchmark(Description = "write a piece and send it")]
    public async Task WriteAsync()
    {
        await _stream.WriteAsync(Chunk, ChatJson.Lenient.ChatChunk);
        await _stream.FlushAsync();
    }
}
