using System.Text.Json;
using System.Text.Json.Nodes;

namespace Prism.Tests.Anthropic;

/// <summary>Compares JSON by what it says: white space and the order of properties do not matter.</summary>
internal static class AssertJson
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true };

    public static void Equal(string expected, string actual)
    {
        var (left, right) = (JsonNode.Parse(expected), JsonNode.Parse(actual));
        if (!JsonNode.DeepEquals(left, right))
        {
            // Only for the message: xunit shows where two texts part.
            Assert.Equal(left?.ToJsonString(Readable), right?.ToJsonString(Readable));
            Assert.Fail("The values are equal as text, but not as JSON.");
        }
    }
}
