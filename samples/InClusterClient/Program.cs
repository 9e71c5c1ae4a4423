using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Prism.Grains.Interfaces.Chains;
using Prism.Grains.Interfaces.Chat;
using Prism.Samples;

// An Orleans client of Prism's cluster: it needs Prism.Grains.Interfaces, and network access to the silos' gateway ports.
var builder = Host.CreateApplicationBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.UseOrleansClient(client => client.ConnectToPrism(builder.Configuration));
builder.Services
    .AddSingleton(TimeProvider.System)
    .AddSingleton<IChatService, ChatGrainClient>()
    .AddSingleton<ChainClient>();

using var host = builder.Build();
await host.StartAsync();
var chat = host.Services.GetRequiredService<IChatService>();
var chains = host.Services.GetRequiredService<ChainClient>();
var request = new ChatRequest { Messages = [ChatMessage.Create(ChatRoles.User, "Hello from the cluster")] };

// A whole answer. An expected failure is a value, not an exception.
var outcome = await chat.CompleteAsync(request, CancellationToken.None);
Console.WriteLine(outcome.Error is { } error
    ? $"answer: {error.Kind}: {error.Message}"
    : $"answer: {outcome.Response!.Choices[0].Message!.Content} ({outcome.Route!.Provider}, {outcome.Response.Usage!.TotalTokens} tokens)");

// The same chat as a stream.
Console.Write("stream:");
await foreach (var streamEvent in chat.StreamAsync(request, CancellationToken.None))
{
    Console.Write(streamEvent switch
    {
        { Chunk: { } chunk } => $" [{string.Concat(chunk.Choices.Select(choice => choice.Delta.Content))}]",
        { Failed: { } failed } => $" {failed.Kind}: {failed.Message}",
        _ => "",
    });
}

Console.WriteLine();

// A chain, whose run continues if this process, or any silo, ends.
var started = await chains.StartAsync(
    new()
    {
        Definition = new()
        {
            Steps =
            [
                new() { Template = "Summarize: {{ article }}", OutputKey = "summary" },
                new() { Template = "Translate: {{ summary }}", OutputKey = "translation" },
            ],
            Inputs = new() { ["article"] = JsonSerializer.SerializeToElement("Orleans is a framework.") },
        },
    },
    idempotencyKey: null,
    CancellationToken.None);
var run = started.Run is { } first ? await chains.WaitAsync(first.Id, TimeSpan.FromMinutes(1), CancellationToken.None) : null;
Console.WriteLine(started.Error is { } refused
    ? $"chain: {refused.Kind}: {refused.Message}"
    : $"chain: {run!.Status}: {run.Outputs.GetValueOrDefault("translation")}");

await host.StopAsync();
