using System.Net;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Prism.Bench.Servers;

/// <summary>The baseline of Prism's echo: Kestrel alone, which deserialises the same request and serialises the same response.</summary>
internal static class BareKestrel
{
    public static async Task<int> RunAsync(int port, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, port);
        });
        await using var app = builder.Build();
        app.MapPost("/v1/chat", (RequestDelegate)EchoAsync);
        await HostingAbstractionsHostExtensions.RunAsync(app, cancellationToken);
        return 0;
    }

    private static async Task EchoAsync(HttpContext context)
    {
        var request = (await context.Request.ReadFromJsonAsync(EchoJson.Default.EchoRequest))!;
        var text = request.Messages[^1].Content;
        var tokens = text.Count(' ') + 1;
        var answer = new EchoResponse("chatcmpl-" + Guid.NewGuid().ToString("N"), "echo-v1", text, "assistant", "stop", new(tokens, tokens, 2 * tokens));
        await context.Response.WriteAsJsonAsync(answer, EchoJson.Default.EchoResponse);
    }
}

internal sealed record EchoRequest(string? Model, List<EchoMessage> Messages, double? Temperature, int? MaxTokens, bool? Stream);

internal sealed record EchoMessage(string Role, string Content);

internal sealed record EchoUsage(int PromptTokens, int CompletionTokens, int TotalTokens);

internal sealed record EchoResponse(string Id, string Model, string Content, string Role, string FinishReason, EchoUsage Usage);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(EchoRequest))]
[JsonSerializable(typeof(EchoResponse))]
internal sealed partial class EchoJson : JsonSerializerContext;
