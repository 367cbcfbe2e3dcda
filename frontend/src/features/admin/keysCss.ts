// The styles of the Mantine components that only the page of keys needs.
import '@mantine/core/styles/Alert.layer.css'
