using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Prism.Formats.Json;

/// <summary>Typed look-up of a source-generated contract.</summary>
internal static class JsonTypeInfoExtensions
{
    public static JsonTypeInfo<T> GetTypeInfo<T>(this JsonSerializerOptions options) => (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));
}
