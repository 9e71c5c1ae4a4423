using System.Buffers;
using System.Text;
using System.Text.Json;
using Prism.Formats;
using Prism.Formats.OpenAi.Chat;
using Prism.Grains.Interfaces.Chat;
using Prism.Providers;

namespace Prism.Tests.Ollama;

/// <summary>Ollama's dialect in terms of text.</summary>
internal static class Wire
{
    public static ProviderOptions Options => new() { Name = "ollama", Type = ProviderType.Ollama, DefaultModel = "llama3.1" };

    public static ProviderApi Api { get; } = ProviderApis.Ollama(Options);

    public static Dialect Format => Api.Dialect;

    public static ChatRequest Request(string json) => JsonSerializer.Deserialize(json, ChatJson.Strict.ChatRequest)!;

    public static string Write(ChatRequest request)
    {
        Assert.Empty(Format.Requests.FindUnsupported(request));
        var output = new ArrayBufferWriter<byte>();
        var error = Format.Requests.Write(output, request, request.Stream is true);
        Assert.Null(error);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    public static ChatError Refuse(ChatRequest request)
    {
        var output = new ArrayBufferWriter<byte>();
        var error = Format.Requests.Write(output, request, stream: false);
        Assert.NotNull(error);
        Assert.Equal(0, output.WrittenCount);
        Assert.Equal(ChatErrorKind.InvalidRequest, error.Kind);
        return error;
    }

    public static (ChatResponse? Response, ChatError? Error) Read(string body) => Format.Answers.Read(Encoding.UTF8.GetBytes(body), GoldenFiles.Created);

    public static List<ChatStreamEvent> Decode(IStreamDecoder decoder, params string[] lines)
    {
        var events = new List<ChatStreamEvent>();
        foreach (var line in lines)
        {
            decoder.Decode("", Encoding.UTF8.GetBytes(line), events);
        }

        return events;
    }
}
