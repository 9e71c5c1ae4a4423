using System.Text.Json;
using System.Text.Json.Serialization;
using Prism.Formats.OpenAi.Chat;
using Prism.Formats.Prism.Chat;
using Prism.Gateway.Chains;
using Prism.Gateway.Errors;
using Prism.Gateway.Health;
using Prism.Gateway.Home;
using Prism.Gateway.Keys;
using Prism.Gateway.Providers;
using Prism.Gateway.Templates;
using Prism.Gateway.Usage;

namespace Prism.Gateway;

/// <summary>The JSON of the gateway's own bodies. That of chats is <see cref="ChatJson"/>.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(ApiErrorBody))]
[JsonSerializable(typeof(NativeResponse))]
[JsonSerializable(typeof(NativeChunk))]
[JsonSerializable(typeof(ModelList))]
[JsonSerializable(typeof(ProviderList))]
[JsonSerializable(typeof(ProviderReportList))]
[JsonSerializable(typeof(TemplateList))]
[JsonSerializable(typeof(TemplateBody))]
[JsonSerializable(typeof(RenderRequest))]
[JsonSerializable(typeof(RenderResponse))]
[JsonSerializable(typeof(RunBody))]
[JsonSerializable(typeof(ChainBody))]
[JsonSerializable(typeof(ChainList))]
[JsonSerializable(typeof(ApiKeyBody))]
[JsonSerializable(typeof(ApiKeyView))]
[JsonSerializable(typeof(ApiKeyList))]
[JsonSerializable(typeof(Dictionary<string, JsonElement>))]
[JsonSerializable(typeof(UsageBody))]
[JsonSerializable(typeof(HealthReport))]
[JsonSerializable(typeof(StatusBody))]
[JsonSerializable(typeof(HomeBody))]
internal sealed partial class GatewayJson : JsonSerializerContext
{
    /// <summary>Reads as strictly as <see cref="ChatJson.Strict"/>, and writes alike.</summary>
    public static GatewayJson Api { get; } = new(new JsonSerializerOptions(ChatJson.Strict.Options));
}

/// <summary>A body that is only a status.</summary>
internal sealed record StatusBody(string Status);
