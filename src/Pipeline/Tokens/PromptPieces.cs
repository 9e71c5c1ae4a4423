using System.Text.Json;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Pipeline.Tokens;

/// <summary>A piece of a request to a provider: text, or JSON as received.</summary>
internal readonly record struct PromptPiece(string? Text, JsonElement? Json)
{
    public static implicit operator PromptPiece(string? text) => new(text, null);

    public static implicit operator PromptPiece(JsonElement? json) => new(null, json);
}

/// <summary>
/// The parts of a request that reach a provider besides the text of its messages and the functions of its tools: the model may see any of them.
/// Images, audio and files are excluded, see <see cref="PromptMedia"/>.
/// </summary>
internal static class PromptPieces
{
    public static IEnumerable<PromptPiece> Of(ChatRequest request)
    {
        foreach (var message in request.Messages)
        {
            foreach (var piece in Of(message))
            {
                yield return piece;
            }
        }

        foreach (var tool in request.Tools ?? [])
        {
            foreach (var piece in Of(tool.Extra).Concat(Of(tool.Function?.Extra)).Prepend(tool.Type))
            {
                yield return piece;
            }
        }

        foreach (var stop in request.Stop ?? [])
        {
            yield return stop;
        }

        yield return request.ResponseFormat;
        yield return request.ToolChoice;
        yield return request.User;
        yield return request.ReasoningEffort;
        foreach (var piece in Of(request.Extra).Concat(Of(request.StreamOptions?.Extra)))
        {
            yield return piece;
        }
    }

    private static IEnumerable<PromptPiece> Of(ChatMessage message)
    {
        yield return message.ReasoningContent;
        yield return message.ToolCallId;
        foreach (var part in message.Content?.Parts ?? [])
        {
            foreach (var piece in Of(part))
            {
                yield return piece;
            }
        }

        foreach (var call in message.ToolCalls ?? [])
        {
            yield return call.Id;
            yield return call.Type;
            foreach (var piece in Of(call.Extra).Concat(Of(call.Function?.Extra)))
            {
                yield return piece;
            }
        }

        foreach (var piece in Of(message.Extra))
        {
            yield return piece;
        }
    }

    private static IEnumerable<PromptPiece> Of(ContentPart part)
    {
        if (part.Type is not (ContentPart.TextType or ContentPart.ImageType))
        {
            yield return part.Type;
        }

        if (part.ImageUrl is { } image)
        {
            yield return PromptMedia.IsInline(image) ? null : image.Url;
            yield return image.Detail;
            foreach (var piece in Of(image.Extra))
            {
                yield return piece;
            }
        }

        foreach (var (name, value) in part.Extra ?? [])
        {
            if (!PromptMedia.IsMedia(name, value))
            {
                yield return name;
                yield return value;
            }
        }
    }

    private static IEnumerable<PromptPiece> Of(Dictionary<string, JsonElement>? extra)
    {
        foreach (var (name, value) in extra ?? [])
        {
            yield return name;
            yield return value;
        }
    }
}
