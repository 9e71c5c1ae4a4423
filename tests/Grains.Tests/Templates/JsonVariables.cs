using System.Text.Json;

namespace Prism.Tests.Templates;

/// <summary>Variables as a request has them.</summary>
internal static class JsonVariables
{
    public static Dictionary<string, JsonElement> Of(object values) =>
        JsonSerializer.SerializeToElement(values).EnumerateObject().ToDictionary(member => member.Name, member => member.Value);
}
