using System.Text.Json;

namespace Prism.Tests.Templates;

/// <summary>Variables as a request has them.</summary>
internal static class JsonVariables
{
    public static Dictionary<string, JsonElement> Of(object values) =>
        // One by one: for all of them at once the writer would need a hundred megabytes, and the pool would keep them.
        values.GetType().GetProperties().ToDictionary(member => member.Name, member => JsonSerializer.SerializeToElement(member.GetValue(values)));
}
