using System.Buffers;
using System.Text;
using System.Text.Json;
using Prism.Formats.OpenAi.Chat;
using Prism.Grains.Interfaces.Chat;
using Prism.Providers;

namespace Prism.Tests.Anthropic;

/// <summary>What the format makes of a request that is given as a client would send it.</summary>
internal static class AnthropicRequests
{
    public const string Model = "claude-sonnet-4-5-20250929";

    private const string Hello = """[{"role":"user","content":"Hello"}]""";

    /// <summary>A request with some properties (<c>"seed":1</c>) besides the model and the messages.</summary>
    public static ChatRequest Read(string? properties = null, string messages = Hello, string model = Model) => JsonSerializer.Deserialize(
        $$"""{"model":"{{model}}","messages":{{messages}}{{(properties is null ? "" : "," + properties)}}}""", ChatJson.Strict.ChatRequest)!;

    public static JsonElement Write(ChatRequest request, bool stream = false)
    {
        var (body, refused) = TryWrite(request, stream);
        Assert.Null(refused);
        return JsonElement.Parse(body);
    }

    /// <summary>What is refused as the provider refuses it: first what is not supported at all, then what cannot be written.</summary>
    public static ChatError? Refuse(ChatRequest request) => TryWrite(request, stream: false).Refused;

    private static (string Body, ChatError? Refused) TryWrite(ChatRequest request, bool stream)
    {
        var format = ProviderApis.Anthropic(new ProviderOptions { Name = "anthropic", DefaultMaxTokens = 512 }).Dialect;
        Assert.Empty(format.Requests.FindUnsupported(request));
        var body = new ArrayBufferWriter<byte>();
        var refused = format.Requests.Write(body, request, stream);
        return (Encoding.UTF8.GetString(body.WrittenSpan), refused);
    }
}
