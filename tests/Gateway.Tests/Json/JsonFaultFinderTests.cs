using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using Prism.Formats.Json;
using Prism.Formats.OpenAi.Chat;
using Prism.Gateway;

namespace Prism.Tests.Json;

/// <summary>The finder of faults and the serializer judge the same.</summary>
public sealed class JsonFaultFinderTests
{
    [Fact]
    public void It_finds_a_fault_where_the_serializer_does_and_nowhere_else()
    {
        var wrong = new List<string>();
        Compare(RightBodies.Chat, ChatJson.Strict.ChatRequest, wrong);
        Compare(RightBodies.Run, GatewayJson.Api.RunBody, wrong);
        Compare(RightBodies.Chain, GatewayJson.Api.ChainBody, wrong);
        Compare(RightBodies.Template, GatewayJson.Api.TemplateBody, wrong);
        Compare(RightBodies.Render, GatewayJson.Api.RenderRequest, wrong);
        Compare(RightBodies.Key, GatewayJson.Api.ApiKeyBody, wrong);
        Compare(RightBodies.Key, GatewayJson.Api.DictionaryStringJsonElement, wrong);

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    private static void Compare<T>(string right, JsonTypeInfo<T> type, List<string> wrong)
        where T : class
    {
        Assert.Null(StrictJson.Read(System.Text.Encoding.UTF8.GetBytes(right), type).Error);
        foreach (var mutation in BodyMutations.Of(right))
        {
            var (found, isRead) = (JsonFaultFinder.Find(mutation.Body, type), IsRead(mutation.Body, type));
            if (found is null != isRead || !mutation.MayName(found?.Param))
            {
                wrong.Add($"{mutation.Name}: {(isRead ? "read" : "rejected")}, but {found?.Message ?? "no fault"}");
            }
        }
    }

    private static bool IsRead<T>(byte[] body, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(body, type) is not null && Utf8.IsValid(body);
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
